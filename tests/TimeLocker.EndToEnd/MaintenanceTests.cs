using Microsoft.Playwright;
using Shouldly;
using TimeLocker.Core.Schedules;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>A plan whose files vanished, limits and clean-up, in a real browser and on the command line.</summary>
public sealed class MaintenanceTests : PageTests
{
    [Fact]
    public async Task A_plan_whose_files_vanished_asks_and_runs_when_told_and_the_rules_are_set_in_the_forms()
    {
        var files = new Scratch(Server.In("home"));
        for (var i = 0; i < 10; i++)
        {
            files.Write($"data/{i}.txt", $"{i}");
        }

        var plan = await Server.Api.AddPlanAsync("Letters",
            await Server.Api.AddRepositoryAsync("Cellar", Server.In("repository")), files.In("data"));
        await Server.Api.EndAsync(await Server.Api.RunAsync(plan));
        for (var i = 0; i < 7; i++)
        {
            File.Delete(files.In($"data/{i}.txt"));
        }

        (await Server.CommandAsync("", "backup", "Letters", "--data",
            Server.Data)).Must(1).Errors.ShouldContain("Most of the files are gone.");
        var page = await SignInAsync();
        await page.GotoAsync($"plans/{plan.Text("id")}");
        await page.ReadyAsync();
        await page.SeeAsync("Checked before the last run");
        await Browser.ShootAsync(page, "plan-asks");
        await page.PushAsync("Run anyway");
        await page.AtAsync("/runs/[^/]+$");
        await page.SeeAsync("Succeeded");
        await page.SeeAsync("Checked before it started");

        await page.GotoAsync($"plans/{plan.Text("id")}/edit");
        await page.ReadyAsync();
        await page.Locator("details.fold > summary", new() { HasTextString = "Advanced" }).ClickAsync();
        await page.Locator("#plan-up").FillAsync("2.5");
        await page.PushAsync("Add hours");
        await page.Locator("#plan-priority").SelectOptionAsync("Idle");
        await Browser.ShootAsync(page, "limits");
        await page.PushAsync("Save");
        await page.AtAsync($"/plans/{plan.Text("id")}$");
        var rules = (await Server.Api.GetAsync($"plans/{plan.Text("id")}")).Must(200)["resources"]!;
        (rules.Number("upload"), rules.Text("priority"), rules["windows"]![0]!.Number("upload"),
            rules["windows"]![0]!["days"]!.AsArray().Count).ShouldBe((2560, "idle", 1024, 5));

        await page.GotoAsync("settings/cleanup");
        await page.ReadyAsync();
        await page.SeeAsync("Would go now");
        await Browser.ShootAsync(page, "cleanup");
        await page.Locator("#log-count").FillAsync("1");
        await page.PushAsync("Save");
        await page.SeeAsync("in 2 places"); // only once it is saved
        (await Server.CommandAsync("", "cleanup", "--dry-run", "--data",
            Server.Data)).Must(0).Output.ShouldContain("in 2 places would be freed");
        (await Server.CommandAsync("", "cleanup", "--json", "--data", Server.Data)).Must(0).Json.Number("count").ShouldBe(2);
        await MaintenanceAsync(page, $"repositories/{plan.Text("repositoryId")}");
        Browser.Complaints.ShouldBeEmpty();
    }

    // What happens to a repository by itself: shown, changed, and taken away again.
    private async Task MaintenanceAsync(IPage page, string repository)
    {
        await page.OpenAsync($"{repository}?tab=maintenance");
        var card = page.Locator("section.maintenance-card")
            .Filter(new() { Has = page.GetByRole(AriaRole.Heading, new() { Name = "By itself" }) });
        await card.GetByText("after removals").WaitForAsync(); // what every new repository has
        await PushAsync("Change");
        var first = card.GetByRole(AriaRole.Group, new() { Name = "Schedule 1" });
        await first.GetByLabel("How often").SelectOptionAsync("Daily");
        await first.GetByLabel("at", new() { Exact = true }).FillAsync("03:15");
        await card.GetByLabel("reads").SelectOptionAsync("Full");
        await card.GetByLabel("unused data that may stay, %").FillAsync("10");
        await Browser.ShootAsync(page, "maintenance-form");
        var phone = await Browser.PageAsync(Server.Address, 390, 844, page);
        await PushAsync("Save");
        await PushAsync("Change");
        var schedules = (await Server.Api.GetAsync(repository)).Must(200)["maintenanceSchedules"]!.Items();
        schedules.Select(c => (c.Text("kind"), c.Text("when", "cron")))
            .ShouldBe([("check", "15 3 * * *"), ("prune", "0 4 * * SUN")]);
        (schedules[0].Text("depth"), schedules[1].Number("maxUnused")).ShouldBe(("full", 10));

        await card.GetByRole(AriaRole.Group, new() { Name = "Schedule 2" }).GetByLabel("Remove this schedule").ClickAsync();
        await PushAsync("Save");
        await card.GetByRole(AriaRole.Button, new() { Name = "Change", Exact = true }).WaitForAsync();
        (await Server.Api.GetAsync(repository)).Must(200)["maintenanceSchedules"]!.Items().ShouldHaveSingleItem()
            .Text("kind").ShouldBe("check");
        await phone.OpenAsync($"{repository}?tab=maintenance");
        await phone.PushAsync("Change");
        await phone.GetByLabel("reads").WaitForAsync();
        await Browser.ShootAsync(phone, "maintenance-form");
        (await phone.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(390);

        Task PushAsync(string button) => card.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
    }
}
