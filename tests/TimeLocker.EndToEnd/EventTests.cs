using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>
/// A plan that begins when files change, set up in a real browser; and a plan that the system starts, on the command
/// line.
/// </summary>
public sealed class EventTests : PageTests
{
    [Fact]
    public async Task Files_change_it_grows_quiet_and_a_snapshot_is_there()
    {
        var files = new Scratch(Server.In("home"));
        files.Write("data/letter.txt", "Dear Anna");
        var repository = await Server.Api.AddRepositoryAsync("Cellar", Server.In("repository"));
        var plan = await Server.Api.AddPlanAsync("Letters", repository, files.In("data"));
        var page = await SignInAsync();
        await page.GotoAsync($"plans/{plan.Text("id")}?tab=when");
        await page.ReadyAsync();
        await page.PushAsync("Add an event");
        await page.Locator("#trigger-kind").SelectOptionAsync("files");
        await page.Locator("#field-path").FillAsync(files.In("data"));
        await page.Locator("#field-quietSeconds").FillAsync("1");
        await Browser.ShootAsync(page, "event-form");
        await page.PushAsync("Save the event");
        await Eventually.Async(async () => await StatesAsync(plan) is [var state] && state.Text("watching") == "true", 60);

        for (var word = 0; (await RunsAsync(plan)).Count == 0; word++)
        {
            files.Write("data/letter.txt", $"Dear Anna, {word}"); // it may not listen yet
            await Task.WhenAny(Eventually.Async(async () => (await RunsAsync(plan)).Count > 0, 60),
                Task.Delay(TimeSpan.FromSeconds(10)));
        }

        var run = await Server.Api.EndAsync((await RunsAsync(plan))[0]);
        (run.Text("cause"), run.Text("request", "why"),
            run.Text("snapshotId").Length).ShouldBe(("trigger", $"Files in “{files.In("data")}” changed.", 64));
        await page.SeeAsync("data” changed.");
        await Browser.ShootAsync(page, "events");
        (await Server.CommandAsync("", "triggers", "Letters", "--data",
            Server.Data)).Must(0).Output.ShouldContain("quietSeconds=1");
        (await Server.CommandAsync("", "triggers", "--data", Server.Data)).Must(0).Output.ShouldContain("after-plan");
        (await Server.CommandAsync("", "fire", "Letters", "--data",
            Server.Data)).Must(1).Errors.ShouldContain("does not wait for this");
        Browser.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_timer_of_the_system_is_written_called_watched_and_removed()
    {
        var files = new Scratch(Server.In("home"));
        files.Write("data/letter.txt", "Dear Anna");
        var repository = await Server.Api.AddRepositoryAsync("Cellar", Server.In("repository"));
        // far from now: the clock itself begins nothing
        var hour = TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow(),
            TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")).AddHours(12).Hour;
        var plan = (await Server.Api.PostAsync("plans",
            new
            {
                name = "Anna's 100% letters",
                repositoryId = repository.Text("id"),
                sources = new[] { files.In("data") },
                schedules = new[] { new { cron = $"30 {hour} * * MON-FRI", zone = "Europe/Berlin" } }
            })).Must(201);
        var (name, unit) = (plan.Text("name"),
            Server.In("home", ".config", "systemd", "user",
                $"timelocker-plan-{plan.Text("id").Replace("-", "", StringComparison.Ordinal)}"));
        (await Server.CommandAsync("", "backup", name, "--from-timer", "--data",
            Server.Data)).Must(1).Errors.ShouldContain("is not started by the system");

        (await Server.CommandAsync("", "timers", "print", name, "--data",
            Server.Data)).Must(0).Output.ShouldContain($"OnCalendar=Mon..Fri *-*-* {hour:00}:30:00 Europe/Berlin");
        (await Server.CommandAsync("", "timers", "install", name, "--data",
            Server.Data)).Must(0).Output.ShouldContain($"Wrote {unit}.timer");
        File.ReadAllText($"{unit}.service").ShouldContain($"backup {plan.Text("id")} --from-timer --data {Server.Data}");
        (await Server.CommandAsync("", "backup", plan.Text("id"), "--from-timer", "--data", Server.Data)).Must(0);
        var run = (await RunsAsync(plan)).ShouldHaveSingleItem();

        (run.Text("cause"), run.Text("outcome")).ShouldBe(("schedule", "succeeded"));
        (await Server.CommandAsync("", "timers", "list", "--data", Server.Data)).Must(0).Output.ShouldContain($"{unit}.timer");
        var page = await SignInAsync();
        await page.GotoAsync($"plans/{plan.Text("id")}?tab=when");
        await page.ReadyAsync();
        await page.SeeAsync("Started by the system");
        await Browser.ShootAsync(page, "timer");
        (await Server.CommandAsync("", "plans", "schedule", name, "--schedule", $"0 {hour} * * *", "--zone",
            "Europe/Berlin", "--data", Server.Data)).Must(0);
        await page.GotoAsync($"plans/{plan.Text("id")}?tab=when");
        await page.SeeAsync($"still rings: every weekday at {hour:00}:30, Berlin time");
        (await Server.CommandAsync("", "timers", "list", "--data",
            Server.Data)).Must(0).Output.ShouldContain($"timers install {plan.Text("id")}");
        (await Server.CommandAsync("", "timers", "remove", name, "--data", Server.Data)).Must(0).Output.ShouldContain("Removed");
        File.Exists($"{unit}.timer").ShouldBeFalse();
        (await Server.Api.GetAsync($"plans/{plan.Text("id")}")).Must(200)["timer"].ShouldBeNull();
    }

    private async Task<IReadOnlyList<JsonNode>> RunsAsync(JsonNode plan) =>
        (await Server.Api.GetAsync($"runs?plan={plan.Text("id")}")).Must(200).Items();

    private async Task<IReadOnlyList<JsonNode>> StatesAsync(JsonNode plan) =>
        (await Server.Api.GetAsync($"plans/{plan.Text("id")}/triggers")).Must(200).Items();
}
