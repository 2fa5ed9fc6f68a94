using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>When a plan runs: set in the browser and on the command line, and kept to by a real server.</summary>
public sealed class ScheduleTests : PageTests
{
    [Fact]
    public async Task The_when_tab_shows_the_next_runs_while_it_is_typed_and_keeps_what_was_saved()
    {
        var files = new Scratch(Server.In("home"));
        files.Write("data/letter.txt", "Dear Anna");
        var plan = await Server.Api.AddPlanAsync("Letters",
            await Server.Api.AddRepositoryAsync("Cellar", Server.In("repository")), files.In("data"));
        var page = await SignInAsync();
        await page.GotoAsync($"plans/{plan.Text("id")}?tab=when");
        await page.ReadyAsync();
        await page.SeeAsync("It runs when somebody or an event starts it.");

        await page.PushAsync("Add a schedule");
        await page.Locator("#when-zone").FillAsync("Europe/Berlin");
        await page.SeeAsync("Berlin time");
        var next = page.GetByLabel("Next runs").GetByRole(AriaRole.Listitem);
        (await next.CountAsync()).ShouldBe(5);
        await page.GetByLabel("How often").SelectOptionAsync("Own");
        await page.GetByLabel("Cron:").FillAsync("* * * * *");
        await page.SeeAsync("comes too often.");
        await page.GetByLabel("Cron:").FillAsync("30 20 * * MON-FRI");
        await Assertions.Expect(next.First).ToContainTextAsync(new Regex("^(Mon|Tue|Wed|Thu|Fri) .*20:30"),
            new() { Timeout = 60_000 });
        await page.Locator("#when-target").SelectOptionAsync("72");
        await page.PushAsync("Save");
        await page.SeeAsync("Saved.");
        await Browser.ShootAsync(page, "when");
        var phone = await Browser.PageAsync(Server.Address, 390, 844, page);
        await phone.OpenAsync(page.Url);
        await Browser.ShootAsync(phone, "when");

        var shown = (await Server.CommandAsync("", "plans", "upcoming", "Letters", "--json", "--data", Server.Data)).Must(0).Output;
        Regex.Count(shown, "T(18|19):30:00").ShouldBe(5, shown);
        (await Server.CommandAsync("", "plans", "pause", "Letters", "--until", "1d", "--data", Server.Data)).Must(0);
        await page.ReloadAsync();
        await page.ReadyAsync();
        await page.SeeAsync("Paused until");
        (await Server.CommandAsync("", "plans", "resume", "Letters", "--data", Server.Data)).Must(0);
        (await Server.CommandAsync("", "plans", "schedule", "Letters", "--schedule", "* * * * *", "--data",
            Server.Data)).Must(2).Errors.ShouldContain("comes too often");
        await page.GotoAsync("plans");
        await page.ReadyAsync();
        await page.SeeAsync("Next run");
        Browser.Complaints.ShouldBeEmpty();
    }
}
