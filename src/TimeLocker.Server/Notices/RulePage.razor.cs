using Microsoft.AspNetCore.Components;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Revisions;
using TimeLocker.Server.Kit;

namespace TimeLocker.Server.Notices;

public partial class RulePage
{
    private readonly HashSet<NoticeEvent> events = [];
    private readonly HashSet<Guid> chosen = [];
    private IReadOnlyList<Channel> channels = [];
    private IReadOnlyList<BackupPlan> plans = [];
    private Guid channel;
    private string? name;
    private int times = 1;
    private DigestRhythm digest;
    private NoticeRule? read;
    private Problem? problem;
    private bool enabled = true, removing;

    [CascadingParameter] private Actor Who { get; set; } = default!;

    /// <summary>Null: a new one.</summary>
    [Parameter] public Guid? Id { get; set; }

    /// <summary>The plan that it was asked for on, to which the way leads back.</summary>
    [SupplyParameterFromQuery(Name = "plan")] private Guid? PlanId { get; set; }

    private string BackTo => PlanId is { } plan ? $"plans/{plan}?tab=hooks" : "settings/notifications";

    private IEnumerable<int> Times => ((int[])[2, 3, 4, 5, 7, 10, times]).Where(n => n > 1).Distinct().Order();

    private NewRule Wanted => new()
    {
        Name = name,
        ChannelId = channel,
        Events = [.. RuleCatalog.Events.Where(events.Contains)],
        Plans = [.. chosen.Order()],
        FromTheTime = times,
        Digest = digest,
        Enabled = enabled,
    };

    private NoticeRule Draft =>
        new()
        {
            Id = Guid.Empty,
            Name = "",
            ChannelId = channel,
            Events = Wanted.Events,
            Plans = Wanted.Plans,
            FromTheTime = times,
            Digest = digest,
            Enabled = enabled,
        };

    protected override async Task OnInitializedAsync()
    {
        Who.MustBe(Role.Admin);
        channels = await Channels.ListAsync(Who);
        plans = await Plans.ListAsync();
        if (Id is not null)
        {
            await ReadAsync();
        }
        else
        {
            channel = channels.Count > 0 ? channels[0].Id : Guid.Empty;
            events.UnionWith([NoticeEvent.Failed, NoticeEvent.Missed, NoticeEvent.Overdue]);
            chosen.UnionWith(PlanId is { } plan ? [plan] : []);
        }
    }

    private async Task ReadAsync()
    {
        var rule = await Rules.GetAsync(Id!.Value, Who);
        Take(rule, Of(rule));
    }

    // A rule that is called after its events goes on doing so.
    private NewRule Of(NoticeRule rule) => new()
    {
        Name = rule.Name == RuleText.Name(rule.Events, rule.Digest) ? null : rule.Name,
        ChannelId = rule.ChannelId,
        Events = [.. RuleCatalog.Events.Where(rule.Events.Contains)],
        Plans = [.. rule.Plans.Where(p => plans.Any(known => known.Id == p)).Order()],
        FromTheTime = rule.FromTheTime,
        Digest = rule.Digest,
        Enabled = rule.Enabled,
    };

    private void Take(NoticeRule rule, NewRule shown)
    {
        (read, problem) = (rule, null);
        events.Clear();
        events.UnionWith(shown.Events);
        chosen.Clear();
        chosen.UnionWith(shown.Plans);
        (name, channel, times, digest, enabled) = (shown.Name, shown.ChannelId, shown.FromTheTime, shown.Digest, shown.Enabled);
    }

    private static void Flip<T>(HashSet<T> set, T one)
    {
        if (!set.Remove(one))
        {
            set.Add(one);
        }
    }

    private async Task SaveAsync()
    {
        problem = await Attempt.ProblemOf(() => Id is { } id ? Rules.UpdateAsync(id, Wanted, Who.Having(read!.Revision))
            : Rules.CreateAsync(Wanted, Who));
        if (problem is null)
        {
            Nav.NavigateTo(BackTo);
        }
    }

    private async Task MergeAsync(IReadOnlySet<string> giveWay)
    {
        var now = await Rules.GetAsync(Id!.Value, Who);
        if (now.Revision == problem!.Meanwhile!.Revision) // else the next refusal tells the rest
        {
            Take(now, Merge.Of(Of(read!), Of(now), Wanted, giveWay));
        }

        await SaveAsync();
    }

    private async Task RemoveAsync()
    {
        await Rules.RemoveAsync(Id!.Value, Who);
        Nav.NavigateTo(BackTo);
    }
}
