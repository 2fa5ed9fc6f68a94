using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Shouldly;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>Two people, or two tabs, at once: nobody undoes unseen what the other did, and who may act no more cannot.</summary>
public sealed class TwoTabsTests : PageTests
{
    private JsonNode plan = null!;

    private ApiClient Api => Server.Api;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Directory.CreateDirectory(Server.In("docs"));
        Directory.CreateDirectory(Server.In("perm"));
        File.WriteAllText(Server.In("docs/letter.txt"), "Dear Anna,\n");
        var place = (await Api.PostAsync("repositories", new { name = "NAS", backend = "local", values = new { path = Server.In("nas") }, create = true })).Must(201);
        plan = (await Api.PostAsync("plans", new { name = "Documents", repositoryId = place.Text("id"), sources = (string[])[Server.In("docs")] })).Must(201);
    }

    [Fact]
    public async Task Edit_in_two_tabs()
    {
        var first = await SignInAsync();
        var second = await Browser.PageAsync(Server.Address, signedInAs: first);
        var narrow = await Browser.PageAsync(Server.Address, width: 390, signedInAs: first);
        await first.OpenAsync($"plans/{plan.Text("id")}/edit");
        await second.OpenAsync($"plans/{plan.Text("id")}/edit");
        await narrow.OpenAsync($"plans/{plan.Text("id")}/edit");

        await first.EnterAsync("Path to add", Server.In("perm"));
        await first.PushAsync("Add");
        await first.Locator(".picked li").Nth(1).WaitForAsync();
        await first.PushAsync("Save");
        await first.AtAsync($"plans/{plan.Text("id")}$");

        await TagAsync(second, "office");
        await second.SeeAsync("was changed meanwhile");
        await second.SeeAsync($"+ {Server.In("perm")}");
        await Browser.ShootAsync(second, "changed-meanwhile");
        await second.PushAsync("Take theirs and keep my other changes");
        await second.AtAsync($"plans/{plan.Text("id")}$");

        var both = await PlanAsync();
        both["sources"]!.AsArray().Select(s => s!.ToString()).ShouldBe([Server.In("docs"), Server.In("perm")]);
        both["tags"]!.AsArray().Select(t => t!.ToString()).ShouldBe(["office"]);

        await TagAsync(narrow, "home"); // this one has seen neither, and wants another tag
        await narrow.SeeAsync("You both changed something");
        (await narrow.GetByRole(AriaRole.Button, new() { Name = "Take theirs and keep my other changes" }).IsDisabledAsync()).ShouldBeTrue();
        await narrow.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await Browser.ShootAsync(narrow, "changed-by-both");
        await narrow.PushAsync("Keep mine");
        await narrow.PushAsync("Take theirs and keep my other changes");
        await narrow.AtAsync($"plans/{plan.Text("id")}$");

        var last = await PlanAsync();
        last["sources"]!.AsArray().Count.ShouldBe(2);
        last["tags"]!.AsArray().Select(t => t!.ToString()).ShouldBe(["home"]);
        Browser.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Disabled_while_open()
    {
        var oscar = (await Api.PostAsync("users", new { name = "oscar", role = "operator", password = ServerProcess.Password })).Must(201);
        var page = await Browser.PageAsync(Server.Address);
        await page.SignInAsync("oscar", ServerProcess.Password);
        var other = await Browser.PageAsync(Server.Address, width: 390, signedInAs: page);
        await other.OpenAsync("activity");
        await page.OpenAsync($"plans/{plan.Text("id")}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).First.WaitForAsync();

        (await Api.PostAsync($"users/{oscar.Text("id")}/disable")).Must(200);
        await page.EvaluateAsync("[...document.querySelectorAll('button')].find(b => b.textContent.includes('Run now'))?.click()"); // quicker than the page, perhaps

        await page.SeeAsync("Your account was disabled.");
        await other.SeeAsync("Your account was disabled.");
        await Browser.ShootAsync(page, "signed-out");
        await other.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await Browser.ShootAsync(other, "signed-out");
        (await page.Locator("button").CountAsync()).ShouldBe(0);
        (await Api.GetAsync("runs")).Must(200)["items"]!.AsArray().ShouldBeEmpty();
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await page.AtAsync("/login");
        await page.EnterAsync("User name", "oscar");
    }

    [Fact]
    public async Task Signed_out_in_one_tab_means_in_all()
    {
        var page = await SignInAsync();
        var other = await page.Context.NewPageAsync();
        await other.OpenAsync("plans");

        await page.GotoAsync("logout");
        await page.PushAsync("Sign out");

        await other.SeeAsync("You signed out in another tab or window.");
    }

    private async Task TagAsync(IPage page, string tag)
    {
        await page.GetByText("Advanced", new() { Exact = true }).ClickAsync();
        await page.EnterAsync("Tags", tag);
        await page.PushAsync("Save");
    }

    private async Task<JsonNode> PlanAsync() => (await Api.GetAsync($"plans/{plan.Text("id")}")).Must(200);
}
