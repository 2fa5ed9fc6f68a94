using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>A failure reaches whoever has any page open; an unusual backup waits for a word.</summary>
public sealed class NoticesTests : PageTests
{
    private Scratch files = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        files = new Scratch(Server.In("home"));
    }

    [Fact]
    public async Task A_failing_backup_is_told_on_every_page_until_it_is_seen()
    {
        files.Write("data/letter.txt", "Dear Anna");
        var plan = await Server.Api.AddPlanAsync("Letters",
            await Server.Api.AddRepositoryAsync("Cellar", Server.In("repository")), files.In("data"));
        var page = await SignInAsync();
        await page.OpenAsync("machines");
        var phone = await Browser.PageAsync(Server.Address, 390, 844, signedInAs: page);
        await phone.OpenAsync("restore");

        Directory.Move(Server.In("repository"), Server.In("away"));
        await Server.Api.EndAsync(await Server.Api.RunAsync(plan), "failed");
        await Task.WhenAll(Toast(page).WaitForAsync(), Toast(phone).WaitForAsync()); // a toast stays for some seconds only
        await Browser.ShootAsync(page, "toast");
        await Browser.ShootAsync(phone, "toast");

        await Bell(page, "Notices, 1 new").ClickAsync();
        await page.GetByRole(AriaRole.Region, new() { Name = "Last notices" }).GetByText("“Letters” failed.").WaitForAsync();
        await Browser.ShootAsync(page, "bell");
        await page.GetByRole(AriaRole.Link, new() { Name = "All notices" }).ClickAsync();
        await page.AtAsync("/notices$");
        await page.SeeAsync("What TimeLocker has reported.");
        await Browser.ShootAsync(page, "notices");
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { Name = "Mark as seen" }).ClickAsync();
        await Bell(page, "Notices").WaitForAsync();
        await Bell(phone, "Notices").WaitForAsync();
        await Toast(phone).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await page.GetByLabel("How serious").SelectOptionAsync("Info");
        await page.SeeAsync("No notices yet");

        (await Server.Api.GetAsync("notices?event=failed")).Must(200).Items().ShouldHaveSingleItem().Text("title")
            .ShouldBe("“Letters” failed.");
        (await Server.CommandAsync("", "notices", "--data", Server.Data)).Must(0).Output.ShouldContain("“Letters” failed.");
        Browser.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unusual_backup_is_answered_on_the_plans_page()
    {
        Write("usual");
        var plan = await Server.Api.AddPlanAsync("Letters",
            await Server.Api.AddRepositoryAsync("Cellar", Server.In("repository")), files.In("data"));
        for (var run = 0; run < 11; run++)
        {
            await Server.Api.EndAsync(await Server.Api.RunAsync(plan));
        }

        Write("all of them changed");
        await Server.Api.EndAsync(await Server.Api.RunAsync(plan));
        (await Server.CommandAsync("", "anomalies", "--data",
            Server.Data)).Must(0).Output.ShouldContain("60 files were changed; usually none.");
        var page = await SignInAsync();
        await page.SeeAsync("“Letters” had an unusual backup.");
        await Browser.ShootAsync(page, "overview");

        await page.OpenAsync($"plans/{plan.Text("id")}");
        await page.SeeAsync("60 files were changed; usually none.");
        await page.PushAsync("That was me");
        await page.EnterAsync("What happened?", "The letterhead changed");
        await Browser.ShootAsync(page, "anomaly");
        await page.PushAsync("That is all right");
        await page.GetByText("60 files were changed").First.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await page.GetByRole(AriaRole.Link, new() { Name = "Last runs" }).Or(page.GetByText("Last runs")).First.WaitForAsync();

        var answered = (await Server.Api.GetAsync($"anomalies?plan={plan.Text("id")}")).Must(200).Items().ShouldHaveSingleItem();
        answered.Text("answer").ShouldBe("The letterhead changed");
        await page.OpenAsync($"runs/{answered.Text("runId")}");
        await page.SeeAsync("The letterhead changed");
        (await Server.Api.GetAsync($"plans/{plan.Text("id")}")).Must(200).Number("openAnomalies").ShouldBe(0);
        Browser.Complaints.ShouldBeEmpty();
    }

    private static ILocator Toast(IPage page) => page.Locator(".notices .message.error").GetByText("“Letters” failed.");

    private static ILocator Bell(IPage page, string label) => page.GetByRole(AriaRole.Button, new() { Name = label, Exact = true });

    private void Write(string content)
    {
        for (var i = 0; i < 60; i++)
        {
            files.Write($"data/{i}.txt", $"{content} {i}");
        }
    }
}
