using Microsoft.AspNetCore.Components;
using TimeLocker.Core;
using TimeLocker.Core.Notifications;
using TimeLocker.Core.Plans;
using TimeLocker.Server.UI;

namespace TimeLocker.Server.Notifications;

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
    private Problem? problem;
    private bool enabled = true, removing;

    [CascadingParameter] private Actor Who { get; set; } = default!;

    /// <summary>Null: a new one.</summary>
    [Parameter] public Guid? Id { get; set; }

    /// <summary>The plan that it was asked for on, to which the way leads back.</summary>
    [SupplyParameterFromQuery(Name = "plan")] private Guid? PlanId { get; set; }

    private string BackTo => PlanId is { } plan ? $"plans/{plan}?tab=around" : "settings/notifications";

    private IEnumerable<int> Times => ((int[])[2, 3, 4, 5, 7, 10, times]).Where(n => n > 1).Distinct().Order();

    private NewRule Wanted => new() { Name = name, ChannelId = channel, Events = [.. RuleCatalog.Events.Where(events.Contains)], Plans = [.. chosen], FromTheTime = times, Digest = digest, Enabled = enabled };

    private NotificationRule Draft => new() { Id = Guid.Empty, Name = "", ChannelId = channel, Events = Wanted.Events, Plans = Wanted.Plans, FromTheTime = times, Digest = digest, Enabled = enabled };

    protected override async Task OnInitializedAsync()
    {
        Who.MustBe(Role.Admin);
        channels = await Channels.ListAsync(Who);
        plans = await Plans.ListAsync();
        if (Id is not { } id)
        {
            channel = channels.Count > 0 ? channels[0].Id : Guid.Empty;
            events.UnionWith([NoticeEvent.Failed, NoticeEvent.Missed, NoticeEvent.Overdue]);
            chosen.UnionWith(PlanId is { } plan ? [plan] : []);
            return;
        }

        var rule = await Rules.GetAsync(id, Who);
        events.UnionWith(rule.Events);
        chosen.UnionWith(rule.Plans.Where(p => plans.Any(known => known.Id == p)));
        (channel, times, digest, enabled) = (rule.ChannelId, rule.FromTheTime, rule.Digest, rule.Enabled);
        name = rule.Name == RuleWords.Name(rule.Events, rule.Digest) ? null : rule.Name;
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
        problem = await Attempt.ProblemOf(() => Id is { } id ? Rules.UpdateAsync(id, Wanted, Who) : Rules.CreateAsync(Wanted, Who));
        if (problem is null)
        {
            Nav.NavigateTo(BackTo);
        }
    }

    private async Task RemoveAsync()
    {
        await Rules.RemoveAsync(Id!.Value, Who);
        Nav.NavigateTo(BackTo);
    }
}
