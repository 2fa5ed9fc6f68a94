using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Shouldly;
using TimeLocker.Core.Backups;
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
        var place = (await Api.PostAsync("repositories",
            new
            {
                name = "NAS",
                backend = "local",
                values = new { path = Server.In("nas") },
                create = true
            })).Must(201);
        plan = (await Api.PostAsync("plans",
            new
            {
                name = "Documents",
                repositoryId = place.Text("id"),
                sources = (string[])[Server.In("docs")]
            })).Must(201);
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
        await second.SeeAsync("was changed in the meantime");
        await second.SeeAsync($"+ {Server.In("perm")}");
        await Browser.ShootAsync(second, "changed-meanwhile");
        await second.PushAsync("Use theirs and keep my other changes");
        await second.AtAsync($"plans/{plan.Text("id")}$");

        var both = await PlanAsync();
        both["sources"]!.AsArray().Select(s => s!.ToString()).ShouldBe([Server.In("docs"), Server.In("perm")]);
        both["tags"]!.AsArray().Select(t => t!.ToString()).ShouldBe(["office"]);

        await TagAsync(narrow, "home"); // this one has seen neither, and wants another tag
        await narrow.SeeAsync("You both changed something");
        (await narrow.GetByRole(AriaRole.Button, new() { Name = "Use theirs and keep my other changes" })
            .IsDisabledAsync()).ShouldBeTrue();
        await narrow.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await Browser.ShootAsync(narrow, "changed-by-both");
        await narrow.PushAsync("Keep mine");
        await narrow.PushAsync("Use theirs and keep my other changes");
        await narrow.AtAsync($"plans/{plan.Text("id")}$");

        var last = await PlanAsync();
        last["sources"]!.AsArray().Count.ShouldBe(2);
        last["tags"]!.AsArray().Select(t => t!.ToString()).ShouldBe(["home"]);
        Browser.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Disabled_while_open()
    {
        var oscar = (await Api.PostAsync("users",
            new { name = "oscar", role = "operator", password = ServerProcess.Password })).Must(201);
        var page = await Browser.PageAsync(Server.Address);
        await page.SignInAsync("oscar", ServerProcess.Password);
        var other = await Browser.PageAsync(Server.Address, width: 390, signedInAs: page);
        await other.OpenAsync("activity");
        await page.OpenAsync($"plans/{plan.Text("id")}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).First.WaitForAsync();

        (await Api.PostAsync($"users/{oscar.Text("id")}/disable")).Must(204);
        // quicker than the page, perhaps
        await page.EvaluateAsync(
            "[...document.querySelectorAll('button')].find(b => b.textContent.includes('Run now'))?.click()");

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

    [Fact]
    public async Task Every_form_says_what_changed_meanwhile_and_keeps_both()
    {
        var place = plan.Text("repositoryId");
        var policy = (await Api.PostAsync("policies", new { name = "Home", policy = new { keepDaily = 7 } })).Must(201).Text("id");
        var channel = (await Api.PostAsync("channels",
            new
            {
                name = "Hook",
                kind = "webhook",
                values = new { url = "https://example.com/hook" },
                usualRules = false
            })).Must(201).Text("id");
        var rule = (await Api.PostAsync("rules", new { channelId = channel, events = (string[])["failed"] })).Must(201).Text("id");
        var page = await SignInAsync();

        await page.OpenAsync($"plans/{plan.Text("id")}?tab=when");
        await TheirsAsync($"plans/{plan.Text("id")}/schedule",
            new { schedules = new[] { new { cron = "30 20 * * *", zone = "UTC" } }, revision = 0 });
        await page.Locator("#when-target").SelectOptionAsync("72");
        await MergeAsync(page, "schedules: + cron 30 20 * * *");
        await KeptAsync(async () => await PlanAsync() is var now && now["schedules"]!.AsArray().Count == 1
            && now.Text("targetHours") == "72");

        await page.OpenAsync($"plans/{plan.Text("id")}?tab=keep");
        await page.GetByText("Rules of its own").ClickAsync();
        await TheirsAsync($"plans/{plan.Text("id")}/pause", new { }, HttpMethod.Post);
        await page.Locator("#keep-template").SelectOptionAsync("small");
        await MergeAsync(page, "paused until: none →");
        await KeptAsync(async () => await PlanAsync() is var now && now["retention"] is not null && now["pausedUntil"] is not null);

        await page.OpenAsync("settings/policies");
        await page.GetByLabel("Actions for Home").ClickAsync();
        await page.PushAsync("Edit");
        await TheirsAsync($"policies/{policy}", new { name = "Home", policy = new { keepDaily = 14 }, revision = 0 });
        await page.Locator("#policy-name").FillAsync("House");
        await page.Locator("#policy-name").BlurAsync();
        await MergeAsync(page, "rules: keep daily 7 → 14");
        await KeptAsync(async () => (await Api.GetAsync($"policies/{policy}")).Must(200) is var now
            && now.Text("name") == "House" && now["policy"]!.Text("keepDaily") == "14");

        await page.OpenAsync($"settings/notifications/rules/{rule}");
        await TheirsAsync($"rules/{rule}", new { channelId = channel, events = (string[])["failed", "missed"], revision = 0 });
        await page.GetByLabel("How often in a row").SelectOptionAsync("3");
        await MergeAsync(page, "events: + ");
        await KeptAsync(async () => (await Api.GetAsync($"rules/{rule}")).Must(200) is var now
            && now["events"]!.AsArray().Count == 2 && now.Text("fromTheTime") == "3");

        await page.OpenAsync($"settings/notifications/{channel}");
        await TheirsAsync($"channels/{channel}", new { enabled = false });
        await page.Locator("#channel-name").FillAsync("Bell");
        await MergeAsync(page, "in use: on → off");
        await KeptAsync(async () => (await Api.GetAsync($"channels/{channel}")).Must(200) is var now
            && now.Text("name") == "Bell" && now.Text("enabled") == "false");

        await page.OpenAsync($"repositories/{place}?tab=maintenance");
        var maintenance = page.Locator(".maintenance-card")
            .Filter(new() { Has = page.GetByRole(AriaRole.Heading, new() { Name = "By itself" }) });
        await maintenance.GetByRole(AriaRole.Button, new() { Name = "Change" }).ClickAsync();
        await maintenance.GetByRole(AriaRole.Button, new() { Name = "Size", Exact = true }).ClickAsync();
        await TheirsAsync($"repositories/{place}", new { region = "cellar" });
        await MergeAsync(page, "region: none → cellar");
        await KeptAsync(async () => (await Api.GetAsync($"repositories/{place}")).Must(200) is var now
            && now["maintenanceSchedules"]!.AsArray().Any(c => c!.Text("kind") == "stats")
            && now.Text("region") == "cellar");

        await page.OpenAsync("settings/notifications");
        await TheirsAsync("digest", new { hour = "08:00:00" });
        await page.Locator("#digest-hour").FillAsync("09:30");
        await page.PushAsync("Save");
        await page.PushAsync("Keep mine");
        await page.PushAsync("Use theirs and keep my other changes");
        await KeptAsync(async () => (await Api.GetAsync("digest")).Must(200).Text("hour").StartsWith("09:30",
            StringComparison.Ordinal));
        Browser.Complaints.ShouldBeEmpty();
    }

    private async Task TheirsAsync(string path, object body, HttpMethod? method = null)
    {
        var answer = await Api.SendAsync(method ?? HttpMethod.Put, path, body);
        answer.Must(answer.Body is null ? 204 : 200);
    }

    private static async Task MergeAsync(IPage page, string told)
    {
        await page.PushAsync("Save");
        await Assertions.Expect(page.Locator("[role=alert] ul")).ToContainTextAsync(told);
        await page.PushAsync("Use theirs and keep my other changes");
    }

    private static Task KeptAsync(Func<Task<bool>> both) => Eventually.Async(both, 60);

    [Fact]
    public async Task What_the_command_line_changes_beside_the_server_ends_open_pages_too()
    {
        (await Server.CommandAsync("look but do not touch\n", "user", "create", "vera", "--role", "Viewer",
            "--password-stdin", "--data", Server.Data)).Must(0);
        var page = await Browser.PageAsync(Server.Address);
        await page.SignInAsync("vera", "look but do not touch");

        (await Server.CommandAsync("look and touch nothing\n", "user", "reset-password", "vera", "--password-stdin",
            "--data", Server.Data)).Must(0);

        await page.SeeAsync("Your password was changed.");
    }

    private async Task TagAsync(IPage page, string tag)
    {
        await page.GetByText("Advanced", new() { Exact = true }).ClickAsync();
        await page.EnterAsync("Tags", tag);
        await page.PushAsync("Save");
    }

    private async Task<JsonNode> PlanAsync() => (await Api.GetAsync($"plans/{plan.Text("id")}")).Must(200);
}
