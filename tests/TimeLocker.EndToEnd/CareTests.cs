using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>A plan whose files vanished, limits and clean-up, in a real browser and on the command line.</summary>
public sealed class CareTests : IAsyncLifetime
{
    private readonly ServerProcess server = new();
    private Browser browser = null!;

    public async Task InitializeAsync()
    {
        browser = await Browser.OpenAsync();
        await server.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await browser.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_plan_whose_files_vanished_asks_and_runs_when_told_and_the_rules_are_set_in_the_forms()
    {
        var files = new Scratch(server.In("home"));
        for (var i = 0; i < 10; i++)
        {
            files.Write($"data/{i}.txt", $"{i}");
        }

        var plan = await server.Api.AddPlanAsync("Letters", await server.Api.AddRepositoryAsync("Cellar", server.In("repository")), files.In("data"));
        await server.Api.EndAsync(await server.Api.RunAsync(plan));
        for (var i = 0; i < 7; i++)
        {
            File.Delete(files.In($"data/{i}.txt"));
        }

        (await server.CommandAsync("", "backup", "Letters", "--data", server.Data)).Must(1).Errors.ShouldContain("Most of the files are gone.");
        var page = await SignInAsync();
        await page.GotoAsync($"plans/{plan.Text("id")}");
        await page.ReadyAsync();
        await page.SeeAsync("Checked before the last run");
        await browser.ShootAsync(page, "plan-asks");
        await page.PushAsync("Run anyway");
        await page.WaitForURLAsync("**/runs/*");
        await page.SeeAsync("Succeeded");
        await page.SeeAsync("Checked before it started");

        await page.GotoAsync($"plans/{plan.Text("id")}/edit");
        await page.ReadyAsync();
        await page.Locator("details.fold > summary", new() { HasTextString = "Advanced" }).ClickAsync();
        await page.Locator("#plan-up").FillAsync("2.5");
        await page.PushAsync("Add hours");
        await page.Locator("#plan-priority").SelectOptionAsync("Idle");
        await browser.ShootAsync(page, "limits");
        await page.PushAsync("Save");
        await page.WaitForURLAsync($"**/plans/{plan.Text("id")}");
        var rules = (await server.Api.GetAsync($"plans/{plan.Text("id")}")).Must(200)["resources"]!;
        (rules.Number("upload"), rules.Text("priority"), rules["windows"]![0]!.Number("upload"), rules["windows"]![0]!["days"]!.AsArray().Count).ShouldBe((2560, "idle", 1024, 5));

        await page.GotoAsync("settings/cleanup");
        await page.ReadyAsync();
        await page.SeeAsync("Would go now");
        await browser.ShootAsync(page, "cleanup");
        await page.Locator("#log-count").FillAsync("1");
        await page.PushAsync("Save");
        await page.SeeAsync("Clean up now");
        (await server.CommandAsync("", "cleanup", "--dry-run", "--data", server.Data)).Must(0).Output.ShouldContain("in 2 places would be freed");
        (await server.CommandAsync("", "cleanup", "--json", "--data", server.Data)).Must(0).Json.Number("count").ShouldBe(2);
        browser.Complaints.ShouldBeEmpty();
    }

    private async Task<IPage> SignInAsync()
    {
        var page = await browser.PageAsync(server.Address);
        await page.GotoAsync("login");
        await page.Locator("input[autocomplete=username]").FillAsync(ServerProcess.Admin);
        await page.Locator("input[type=password]").FillAsync(ServerProcess.Password);
        await page.Locator("button[type=submit]").ClickAsync();
        await page.ReadyAsync();
        return page;
    }
}
