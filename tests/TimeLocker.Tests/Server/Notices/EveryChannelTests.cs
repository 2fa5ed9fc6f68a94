using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Notices;
using TimeLocker.Tests.Core.Extensions;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Server.Notices;

/// <summary>What every channel in the list promises, asked of each with a real service on loopback.</summary>
public sealed class EveryChannelTests
{
    public static TheoryData<string> Kinds =>
        [.. Listed.Of<INoticeChannel>().Select(c => c.Kind).Intersect(ChannelFixture.All.Keys)];

    [Fact]
    public void Every_channel_in_the_list_is_run_through_this_suite() =>
        Listed.Of<INoticeChannel>().Select(c => c.Kind).Except(ChannelFixture.All.Keys)
            .Select(kind =>
                $"“{kind}” has no fixture: give it a line in ChannelFixture.All, with a service on loopback that takes its messages and good values for it").ShouldBeEmpty();

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_message_arrives(string kind)
    {
        await using var service = await ChannelFixture.All[kind].StartAsync();
        var channel = Of(kind, service);
        await DeskRig.UntilAsync(async () => await FaultAsync(channel, service.Values) is null);
        await DeskRig.UntilAsync(() => Task.FromResult(service.Taken() > 0));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_service_that_is_down_is_a_clear_problem_that_may_pass(string kind)
    {
        var service = await ChannelFixture.All[kind].StartAsync();
        await service.DisposeAsync();

        var fault = (await FaultAsync(Of(kind, service), service.Values)).ShouldBeOfType<ProblemException>();

        fault.Kind.ShouldBe(ProblemKind.Unavailable);
        ((string[])[fault.Problem.What.Full, fault.Problem.Why.Full,
            fault.Problem.Next.Full]).ShouldAllBe(said => said.Length > 10);
        service.Secrets.ShouldAllBe(secret => !$"{fault}".Contains(secret, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_a_service_says_when_it_refuses_shows_no_secret_and_is_not_tried_again(string kind)
    {
        await using var service = await ChannelFixture.All[kind].StartAsync();
        if (service.Refuse is not { } refuse)
        {
            return; // its own tests refuse in its own way
        }

        await refuse();
        var fault = (await FaultAsync(Of(kind, service), service.Values)).ShouldBeOfType<ProblemException>();
        fault.Kind.ShouldBe(ProblemKind.Upstream);
        service.Secrets.ShouldAllBe(secret => !$"{fault}".Contains(secret, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Whoever_asked_can_give_up(string kind)
    {
        await using var service = await ChannelFixture.All[kind].StartAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => Of(kind, service).SendAsync(Samples.Failure,
            new(service.Values), new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task What_is_kept_secret_is_never_sent_to_another_place()
    {
        await using var rig = await DeskRig.StartAsync();
        var channels = rig.Get<ChannelCatalog>();
        foreach (var channel in Listed.Of<INoticeChannel>())
        {
            await using var service = await ChannelFixture.All[channel.Kind].StartAsync();
            var saved = await channels.CreateAsync(new()
            {
                Name = channel.Kind,
                Kind = channel.Kind,
                Values = service.Values,
            }, DeskRig.Admin);
            foreach (var field in channel.Fields.Where(f => f.Place
                && channel.Fields.Any(s => s.Type == FieldType.Secret && service.Values.ContainsKey(s.Name))))
            {
                var moved = new Dictionary<string,
                    string>
                {
                    [field.Name] = field.Choices.FirstOrDefault(c => c != service.Values[field.Name])
                        ?? Elsewhere(field)
                };
                (await Should.ThrowAsync<ProblemException>(() => channels.UpdateAsync(saved.Id,
                    new() { Values = moved },
                    DeskRig.Admin))).Problem.What.Full.ShouldEndWith("has to be entered again.",
                    customMessage: $"{channel.Kind}.{field.Name}");
                (await Should.ThrowAsync<ProblemException>(() => channels.TestAsync(new()
                {
                    Kind = channel.Kind,
                    Values = moved,
                    Like = saved.Id,
                }, DeskRig.Admin))).Problem.What.Full.ShouldEndWith("has to be entered again.");
            }

            service.Taken().ShouldBe(0);
        }
    }

    // An address that nobody wrote down as one keeps what is secret on its way to a stranger.
    [Fact]
    public void Whoever_keeps_a_secret_and_asks_for_an_address_says_that_it_is_a_place() =>
        Listed.Of<INoticeChannel>()
            .Where(c => c.Fields.Any(f => f.Type == FieldType.Secret))
            .SelectMany(c =>
                c.Fields.Where(f => f is { Place: false, Type: FieldType.Text, Rule: { } rule }
                    && rule("https://a.example.org") is null && rule("a b") is not null)
                    .Select(f => $"{c.Kind}.{f.Name}"))
            .ShouldBeEmpty();

    private static string Elsewhere(Field field) =>
        field.Rule?.Invoke("https://elsewhere.example") is null && field.Rule?.Invoke("x") is not null
            ? "https://elsewhere.example" : field.Rule?.Invoke("4711") is null ? "4711" : "elsewhere.example";

    private static INoticeChannel Of(string kind, ChannelFixture.Service service) =>
        ChannelFixture.All[kind].Channel(Listed.Of<INoticeChannel>().Single(c => c.Kind == kind), service);

    private static async Task<Exception?> FaultAsync(INoticeChannel channel, Dictionary<string, string> values)
    {
        try
        {
            await channel.SendAsync(Samples.Failure, new FieldValues(values).Checked(channel), default);
            return null;
        }
        catch (Exception fault)
        {
            return fault;
        }
    }
}
