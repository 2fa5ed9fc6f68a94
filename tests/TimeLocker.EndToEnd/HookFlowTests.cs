using Shouldly;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>Programs around a backup, chosen in a real browser out of the machine's own folder.</summary>
public sealed class HookFlowTests : PageTests
{
    [Fact]
    public async Task A_program_is_chosen_runs_before_the_backup_and_is_kept_by_an_edit_and_another_ones_output_is_saved()
    {
        Server.WriteHook("stop-shop", $"echo \"the shop is closed for $TIMELOCKER_PLAN\"; touch {Server.In("closed")}");
        Server.WriteHook("dump-shop", "echo 'INSERT INTO sale;'");
        Server.WriteHook("half-done", "", 0b110_100_100);
        var place = await Server.Api.AddRepositoryAsync("Cellar", Server.In("repository"));
        var plan = await Server.Api.AddPlanAsync("Letters", place, new Scratch(Server.In("home")).Documents("data"));
        (await Server.CommandAsync("", "hooks", "--data",
            Server.Data)).Must(0).Output.ShouldContain(
            "half-done  cannot be used: It is not executable: chmod 755 on it.");

        var page = await SignInAsync();
        await page.OpenAsync($"plans/{plan.Text("id")}?tab=hooks");
        await page.PushAsync("Add a program");
        await page.Locator("#hook-file").SelectOptionAsync("stop-shop");
        await page.Locator("#hook-limit").FillAsync("60");
        await page.PushAsync("Save");
        await page.SeeAsync("At most 1 min");
        await Browser.ShootAsync(page, "hooks");

        await Server.Api.EndAsync(await Server.Api.RunAsync(plan));
        File.Exists(Server.In("closed")).ShouldBeTrue();

        await page.OpenAsync($"plans/{plan.Text("id")}/edit");
        await page.Locator("details.fold > summary", new() { HasTextString = "Advanced" }).ClickAsync();
        await page.Locator("#plan-tries").FillAsync("7");
        await page.GetByText("While the network is metered").ClickAsync();
        await Browser.ShootAsync(page, "hooks");
        await page.PushAsync("Save");
        await page.AtAsync($"/plans/{plan.Text("id")}$");
        var kept = (await Server.Api.GetAsync($"plans/{plan.Text("id")}")).Must(200);
        (kept["hooks"]![0]!.Text("file"), kept["hooks"]![0]!.Number("limitSeconds"), kept["retries"]!.Number("times"),
            (bool)kept["conditions"]!["skipOnMetered"]!).ShouldBe(("stop-shop", 60, 7, true));

        await page.OpenAsync($"plans/new?repository={place.Text("id")}");
        await page.Locator("#plan-name").FillAsync("Shop");
        await page.Locator("details.fold > summary", new() { HasTextString = "Advanced" }).ClickAsync();
        await page.Locator("#plan-program").SelectOptionAsync("dump-shop");
        await page.Locator("#plan-program-path").FillAsync("/dumps/shop.sql");
        await page.Locator("#plan-program-path").PressAsync("Tab");
        await page.PushAsync("Make the plan");
        await page.AtAsync("/plans/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"); // “plans/new?repository=…” has hyphens, too
        (await Server.CommandAsync("", "backup", "Shop", "--data", Server.Data)).Must(0).Output.ShouldContain("succeeded");
        Browser.Complaints.ShouldBeEmpty();
    }
}
