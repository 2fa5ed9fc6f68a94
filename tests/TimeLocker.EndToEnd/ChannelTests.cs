using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Data;
using TimeLocker.Server.Notices;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>Channels as people and programs use them, and messages that survive whatever happens to the server.</summary>
public sealed class ChannelTests : IAsyncLifetime
{
    private const int Kills = 5, Events = 60;

    private readonly ServerProcess server = new();
    private readonly Receiver receiver = new();

    public Task InitializeAsync() => server.InitializeAsync();

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        await receiver.DisposeAsync();
    }

    [Fact]
    public async Task Every_event_arrives_through_kills_and_a_flaky_receiver_and_none_twice_that_was_written_down()
    {
        var channel = (await server.Api.PostAsync("channels",
            new
            {
                name = "hook",
                kind = "webhook",
                values = new { url = $"{receiver.Address}/hook", ownNetwork = "true" }
            })).Must(201);
        var notices = Enumerable.Range(0, Events)
            .Select(n => new Notice
            {
                Id = Guid.CreateVersion7(),
                Key = $"run:{n}:failed",
                Event = NoticeEvent.Failed,
                Level = NoticeLevel.Error,
                Title = Text.Verbatim($"{n}"),
                At = DateTimeOffset.UnixEpoch.AddYears(50),
            }).ToList();
        var taken = new ConcurrentBag<string>();
        var requests = 0;
        receiver.Answer = async (what, response, ct) =>
        {
            if (Interlocked.Increment(ref requests) % 9 == 4)
            {
                response.StatusCode = 503;
                return;
            }

            await Task.Delay(20, ct); // long enough to be killed in
            if (what.Headers["idempotency-key"].StartsWith("run:", StringComparison.Ordinal))
            {
                taken.Add(what.Headers["idempotency-key"]);
            }
        };

        await server.KillAsync();
        await WriteAsync(notices);
        for (var kill = 0; kill < Kills; kill++)
        {
            await server.StartAsync();
            var goal = Math.Min(taken.Count + 7, Events - Kills + kill);
            await GetThroughAsync(channel, () => Task.FromResult(taken.Count >= goal));
            await server.KillAsync();
        }

        await server.StartAsync();
        await GetThroughAsync(channel, async () => await WaitingAsync() == 0);
        taken.Distinct().Count().ShouldBe(Events);
        var twice = taken.GroupBy(k => k).Where(g => g.Count() > 1).ToList();
        // taken, and killed before that was written down; told by the same key
        twice.Sum(g => g.Count() - 1).ShouldBeLessThanOrEqualTo(Kills);
    }

    // A channel that just refused is left alone for a minute; a test that is taken opens it again.
    private Task GetThroughAsync(JsonNode channel, Func<Task<bool>> done) => Eventually.Async(async () =>
    {
        if (await done())
        {
            return true;
        }

        await server.Api.PostAsync($"channels/{channel.Text("id")}/test");
        return false;
    }, 90);

    private async Task WriteAsync(List<Notice> notices)
    {
        await using var db = await DataSetup.Factory(Path.Combine(server.Data, "timelocker.db")).CreateDbContextAsync();
        var book = new NoticeBook();
        foreach (var notice in notices)
        {
            await book.AddAsync(db, notice);
        }

        await db.SaveChangesAsync();
    }

    private async Task<int> WaitingAsync()
    {
        await using var db = await DataSetup.Factory(Path.Combine(server.Data, "timelocker.db")).CreateDbContextAsync();
        return await db.Outbox.CountAsync(o => o.SentAt == null);
    }

    [Fact]
    public async Task A_channel_is_added_tested_and_listed_on_the_command_line()
    {
        var tries = 0; // the test that is sent first has five seconds, which a busy machine may not keep
        await Eventually.Async(async () => ++tries > 0
            && (await Command($"{receiver.Address}/canary9path\n", "channels", "add", "hook", "--kind", "webhook",
                "--secret", "url", "--set", "ownNetwork=true")) is { ExitCode: 0 } said
                && said.Output.Contains("Added “hook”", StringComparison.Ordinal), 90);
        receiver.All.Count.ShouldBeInRange(1, tries);
        receiver.All.ShouldAllBe(m => m.Path == "/canary9path");
        var list = (await Command("", "channels")).Must(0).Output;
        list.ShouldContain("hook");
        list.ShouldContain("webhook");
        list.ShouldNotContain("canary9");
        (await Command("", "channels", "add", "open", "--kind", "webhook", "--set",
            $"url={receiver.Address}")).Must(2).Errors.ShouldContain("“url” is a secret.");
        (await Command("", "rules", "add", "--channel", "hook", "--on", "Missed", "--from-the-time", "3", "--summary",
            "Weekly")).Must(0);
        var rules = (await Command("", "rules")).Must(0).Output;
        rules.ShouldContain("failed, missed, overdue");
        rules.ShouldContain("3 times in a row");
        receiver.Answers(404);
        await Eventually.Async(async () => (await Command("", "channels", "test", "hook")).ExitCode != 0
            && (await Command("", "channels")).Must(0).Output.Contains("It answered 404.", StringComparison.Ordinal),
            90);
        (await Command("", "channels", "remove", "hook")).Must(0);
        (await Command("", "rules")).Must(0).Output.ShouldContain("Nothing yet.");
    }

    private Task<Said> Command(string input, params string[] arguments) =>
        server.CommandAsync(input, [.. arguments, "--data", server.Data]);

    [Fact]
    public async Task In_the_browser_a_channel_is_added_tested_and_seen_with_its_rules()
    {
        var repository = await server.Api.AddRepositoryAsync("Cellar", server.In("repository"));
        var plan = await server.Api.AddPlanAsync("Documents", repository, server.Root);
        await using var browser = await Browser.OpenAsync();
        var page = await browser.PageAsync(server.Address);
        await page.SignInAsync(ServerProcess.Admin, ServerProcess.Password);
        await page.OpenAsync("settings/notifications");
        await page.SeeAsync("Nobody is told yet");
        await page.GetByRole(AriaRole.Link, new() { Name = "Add a channel" }).First.ClickAsync();
        await page.SeeAsync("How should TimeLocker reach you?");
        await browser.ShootAsync(page, "channel-kinds");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Webhook" }).ClickAsync();
        await page.Locator("#field-url").FillAsync($"{receiver.Address}/canary9path");
        await page.Locator("#field-url").BlurAsync();
        await page.PushAsync("Test");
        await page.SeeAsync("Use an address that begins with https://");
        await page.GetByLabel("This server is in my own network").CheckAsync();
        // the server knows that it was checked
        await page.GetByText("Use an address that begins with https://")
            .WaitForAsync(new() { State = WaitForSelectorState.Detached });
        var pushes = await page.PushUntilAsync("Test", "A test message is on its way.");
        receiver.All.Count.ShouldBeInRange(1, pushes);
        receiver.All.ShouldAllBe(m => m.Path == "/canary9path");
        await page.EnterAsync("Name", "Office screen");
        await browser.ShootAsync(page, "channel");
        await page.PushAsync("Add channel");
        await page.SeeAsync("Office screen");
        await page.SeeAsync("from the 2nd time in a row");
        await page.SeeAsync("Not proven yet");
        await page.PushUntilAsync("Test", "took a test message");
        await page.SeeAsync("Works");
        await browser.ShootAsync(page, "notifications");
        (await page.ContentAsync()).ShouldNotContain("canary9");
        await SetDigestAsync(page);

        await page.OpenAsync($"plans/{plan.Text("id")}?tab=hooks");
        await page.GetByRole(AriaRole.Link, new() { Name = "Add a rule" }).ClickAsync();
        await page.GetByLabel("How often in a row").SelectOptionAsync("3");
        await page.Locator("aside").GetByText("from the 3rd time in a row").WaitForAsync();
        await browser.ShootAsync(page, "rule");
        await page.PushAsync("Add rule");
        await page.SeeAsync("Who is notified");
        await page.SeeAsync("from the 3rd time in a row");
        await browser.ShootAsync(page, "plan-around");

        var small = await browser.PageAsync(server.Address, 390, 844, page);
        foreach (var address in (string[])["settings/notifications", "settings/notifications/new",
            "settings/notifications/new?kind=email", "settings/notifications/rules/new",
                $"plans/{plan.Text("id")}?tab=hooks"])
        {
            await small.OpenAsync(address);
            await browser.ShootAsync(small, address.Split('/')[^1].Replace('?', '-'));
            (await small.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(390, address);
        }

        browser.Complaints.ShouldBeEmpty();
    }

    private async Task SetDigestAsync(IPage page)
    {
        await page.Locator("#digest-hour").FillAsync("06:30");
        await page.Locator("#digest-hour").BlurAsync();
        await page.PushAsync("Save");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true })
            .WaitForAsync(new() { State = WaitForSelectorState.Detached });
        (await server.Api.GetAsync("digest")).Must(200).Text("hour").ShouldStartWith("06:30");
        await page.OpenAsync("settings/notifications");
        await Assertions.Expect(page.Locator("#digest-hour")).ToHaveValueAsync("06:30", new() { Timeout = 60_000 });
    }
}
