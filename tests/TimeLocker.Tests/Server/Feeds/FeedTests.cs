using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Data;
using TimeLocker.Server.Feeds;
using TimeLocker.Server.Identity;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Runs;
using TimeLocker.Tests.Doubles;
using TimeLocker.Tests.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Server.Feeds;

/// <summary>/metrics and /calendar.ics: for programs with a token of their own, and as strict as their formats.</summary>
public sealed class FeedTests : IAsyncLifetime
{
    private const string Odd = "Büro \"quoted\" \\ back,\nnew; 日本語日本語日本語日本語日本語日本語日本語日本語";

    private DeskRig rig = null!;
    private Repository place = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        place = await rig.RepositoryAsync();
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Theory]
    [InlineData(TokenScope.Metrics, "metrics", HttpStatusCode.OK)]
    [InlineData(TokenScope.Metrics, "calendar.ics", HttpStatusCode.Unauthorized)]
    [InlineData(TokenScope.Calendar, "calendar.ics", HttpStatusCode.OK)]
    [InlineData(TokenScope.Calendar, "metrics", HttpStatusCode.Unauthorized)]
    [InlineData(TokenScope.All, "metrics", HttpStatusCode.OK)]
    [InlineData(TokenScope.All, "calendar.ics", HttpStatusCode.Unauthorized)]
    public async Task A_token_opens_its_feed_and_no_other(TokenScope scope, string feed, HttpStatusCode status)
    {
        var token = await TokenAsync(scope);
        using var http = await rig.ClientAsync(null);

        (await AskAsync(http, feed, new("Bearer", token))).StatusCode.ShouldBe(status);
        (await AskAsync(http, feed, Basic("anybody", token))).StatusCode.ShouldBe(status);
    }

    [Theory, InlineData("metrics"), InlineData("calendar.ics")]
    public async Task Without_its_token_a_feed_is_closed(string feed)
    {
        var token = await TokenAsync(feed == "metrics" ? TokenScope.Metrics : TokenScope.Calendar);
        using var http = await rig.ClientAsync(null);
        var closed = await AskAsync(http, feed, null);

        (closed.StatusCode, closed.Headers.WwwAuthenticate.Single().Scheme).ShouldBe((HttpStatusCode.Unauthorized, "Basic"));
        (await AskAsync(http, $"{feed}?token={token}", null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized,
            "addresses end in logs");
        (await AskAsync(http, feed, Basic(token, ""))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await AskAsync(http, feed, new("Basic", "not base64!"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await rig.Get<TokenCatalog>().RevokeAsync((await rig.Get<TokenCatalog>().ListAsync())[0].Id, rig.Get<OwnerToken>().Actor);
        (await AskAsync(http, feed, new("Bearer", token))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory, InlineData(TokenScope.Metrics), InlineData(TokenScope.Calendar)]
    public async Task A_feeds_token_opens_nothing_else(TokenScope scope)
    {
        using var http = await rig.ClientAsync(null);
        var token = await TokenAsync(scope);

        foreach (var address in (string[])["api/v1/status", "api/v1/plans", "api/v1/notices"])
        {
            (await AskAsync(http, address, new("Bearer", token))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        using var call = new HttpRequestMessage(HttpMethod.Post,
            "rpc")
        {
            Content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"status.get"}""", Encoding.UTF8,
                "application/json"),
            Headers = { Authorization = new("Bearer", token) }
        };
        (await http.SendAsync(call)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await AskAsync(http, "plans", new("Bearer", token))).RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/login");
        (await Should.ThrowAsync<ProblemException>(() => rig.Get<TokenCatalog>()
            .CreateAsync(new() { Name = "t", Role = Role.Admin, Scope = scope },
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
    }

    [Fact]
    public async Task The_figures_can_be_read_by_a_strict_reader_and_are_right()
    {
        var plan = await rig.Get<PlanCatalog>()
            .CreateAsync(new()
            {
                Name = "Büro \"quoted\" \\ back",
                RepositoryId = place.Id,
                Sources = ["/somewhere"],
                TargetHours = 1,
            }, DeskRig.Admin);
        await EndAsync(plan, RunOutcome.Succeeded);
        await EndAsync(plan, RunOutcome.Failed);

        var text = await rig.Get<MetricsFeed>().WriteAsync(default);
        var samples = PrometheusReader.Read(text);
        double Of(string name, params (string, string)[] labels) =>
            samples.Single(s => s.Name == name && labels.All(l => s.Labels[l.Item1] == l.Item2)).Value;
        Of("timelocker_plan_last_success_timestamp_seconds", ("plan", plan.Name)).ShouldBe(Examples.Noon.ToUnixTimeSeconds());
        Of("timelocker_plan_overdue", ("id", $"{plan.Id}")).ShouldBe(1);
        (Of("timelocker_plan_last_outcome", ("outcome", "failed")),
            Of("timelocker_plan_last_outcome", ("outcome", "succeeded"))).ShouldBe((1, 0));
        (Of("timelocker_runs_total", ("kind", "backup"), ("outcome", "failed")), Of("timelocker_plan_size_bytes"),
            Of("timelocker_repository_reachable", ("repository", "place"))).ShouldBe((1, 77, 1));
        Of("process_resident_memory_bytes").ShouldBeGreaterThan(1 << 20);
        samples.Select(s => s.Name).ShouldContain("timelocker_outbox_waiting");
    }

    [Fact]
    public void A_label_may_hold_anything()
    {
        var text = new PrometheusText().Gauge("x", "A \\ help\nof two lines.").Sample(1.5e-7, ("a", Odd), ("b", "")).ToString();

        var sample = PrometheusReader.Read(text).ShouldHaveSingleItem();
        (sample.Labels["a"], sample.Labels["b"], sample.Value).ShouldBe((Odd, "", 1.5e-7));
        Should.Throw<FormatException>(() => PrometheusReader.Read(text.Replace("# TYPE x gauge\n", "",
            StringComparison.Ordinal)), "the reader is strict");
        Should.Throw<FormatException>(() => PrometheusReader.Read("# HELP x y\n# TYPE x gauge\nx{a=\"\"b\"} 1\n"));
    }

    [Fact]
    public void An_event_may_be_called_anything_and_its_lines_are_folded_between_characters()
    {
        var begins = new DateTimeOffset(2026, 11, 23, 20, 30, 0, TimeSpan.FromHours(1));
        var text = IcsText.Write(Odd,
            [new("a@timelocker", begins.AddDays(-1), begins, TimeSpan.FromSeconds(61), Odd, "To place.",
                "https://backup.example/plans/1")]);

        var read = IcsReader.Read(text).ShouldHaveSingleItem();
        (read["SUMMARY"], read["DURATION"], IcsReader.Moment(read["DTSTART"]),
            read["URL"]).ShouldBe((Odd, "PT2M", begins, "https://backup.example/plans/1"));
        Should.Throw<FormatException>(() => IcsReader.Read(text.Replace("\r\n ", "", StringComparison.Ordinal)),
            "the reader is strict");
    }

    [Fact]
    public async Task The_calendar_shows_the_next_two_weeks_and_the_same_each_time()
    {
        var daily = await rig.Get<PlanCatalog>()
            .CreateAsync(new()
            {
                Name = "Daily",
                RepositoryId = place.Id,
                Sources = ["/a"],
                Schedules = [new("30 20 * * *", "Europe/Berlin")],
            }, DeskRig.Admin);
        await rig.Get<PlanCatalog>()
            .CreateAsync(new()
            {
                Name = "Weekly",
                RepositoryId = place.Id,
                Sources = ["/b"],
                Schedules = [new("0 3 * * SUN", "UTC")],
            }, DeskRig.Admin);
        await rig.PlanAsync(place, "By hand", "/c");
        var clock = new FakeClock(); // the first Sunday of March, at noon: no clock is changed in the next two weeks
        var due = new DuePlans(rig.Get<PlanCatalog>(), rig.Get<SlotDesk>(), [], rig.Get<AgentRegistry>(), clock);
        var feed = new CalendarFeed(rig.Get<PlanCatalog>(), rig.Get<RepositoryCatalog>(), due, rig.Get<PublicAddress>(), clock);

        var all = IcsReader.Read(await feed.WriteAsync(null, default));
        all.Count(e => e["SUMMARY"] == "Back up “Daily”").ShouldBe(14);
        all.Count(e => e["SUMMARY"] == "Back up “Weekly”").ShouldBe(2);
        all.Count.ShouldBe(16);
        all.Where(e => e["SUMMARY"].Contains("Daily"))
            .Select(e => TimeZoneInfo.ConvertTimeBySystemTimeZoneId(IcsReader.Moment(e["DTSTART"]),
                "Europe/Berlin").TimeOfDay).Distinct().ShouldBe([new(20, 30, 0)]);
        clock.Advance(TimeSpan.FromHours(1)); // nothing is due in it
        IcsReader.Read(await feed.WriteAsync(daily.Id, default)).Select(e => (e["UID"], e["DTSTAMP"]))
            .ShouldBe(all.Where(e => e["SUMMARY"].Contains("Daily")).Select(e => (e["UID"], e["DTSTAMP"])));
        await rig.Get<PublicAddress>().SetAsync("https://backup.example:8443", DeskRig.Admin);
        var served = IcsReader.Read(await rig.Get<CalendarFeed>().WriteAsync(daily.Id, default));
        served.Count.ShouldBeInRange(13, 15,
            "the server's own clock: in two weeks of so many hours a slot may be lost or won where clocks are changed");
        served.ShouldAllBe(e => e["URL"] == $"https://backup.example:8443/plans/{daily.Id}");
        (await Should.ThrowAsync<ProblemException>(() => feed.WriteAsync(Guid.NewGuid(),
            default))).Kind.ShouldBe(ProblemKind.NotFound);
    }

    private async Task<string> TokenAsync(TokenScope scope) =>
        (await rig.Get<TokenCatalog>().CreateAsync(new() { Name = "t", Role = Role.Viewer, Scope = scope },
            rig.Get<OwnerToken>().Actor)).Token;

    private static AuthenticationHeaderValue Basic(string name, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")));

    private static async Task<HttpResponseMessage> AskAsync(HttpClient http, string address,
        AuthenticationHeaderValue? authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Authorization = authorization } };
        return await http.SendAsync(request);
    }

    private async Task EndAsync(BackupPlan plan, RunOutcome outcome)
    {
        var run = Examples.Run(place.Id, plan: plan.Id, machine: plan.MachineId);
        await rig.Get<RunRecorder>().QueuedAsync(run, DeskRig.Admin, default);
        run.Apply(Examples.End(outcome, null, new RunResult { BytesTotal = 77 }));
        await rig.Get<RunRecorder>().EndedAsync(run);
    }
}
