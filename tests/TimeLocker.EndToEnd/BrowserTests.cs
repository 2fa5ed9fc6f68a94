using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>The first ten minutes of somebody who has never seen TimeLocker, in a real browser.</summary>
public sealed partial class BrowserTests : IAsyncLifetime
{
    private sealed class FirstStart : ServerProcess
    {
        protected override bool SetsUp => false;
    }

    private const string Progress = "main [role=progressbar][aria-valuenow]:not([aria-valuenow='0'])";

    private readonly FirstStart server = new();
    private readonly Receiver phone = new();
    private Browser browser = null!;
    private Scratch files = null!;

    public async Task InitializeAsync()
    {
        files = new Scratch(server.In("home"));
        browser = await Browser.OpenAsync();
        await server.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await browser.DisposeAsync();
        await server.DisposeAsync();
        await phone.DisposeAsync();
    }

    [Fact]
    public async Task From_the_first_page_to_files_that_are_back()
    {
        var documents = files.Documents("documents");
        files.WriteNoise("documents/photos/large.jpg", 8 * 1024);
        var page = await browser.PageAsync(server.Address);

        await SetUpAsync(page);
        await WizardAsync(page, documents);
        await WatchAsync(page);
        await RestoreAsync(page, documents);
        await DryRunAsync(page);
        await SignOutAndInAsync(page);
        await TourAsync(page);
        await ViewerAsync();

        Scratch.Fingerprint(files.In("back/photos")).ShouldBe(Scratch.Fingerprint(Path.Combine(documents, "photos")));
        File.ReadAllText(files.In("back/letters/to anna.txt")).ShouldBe("Dear Anna,\n");
        Directory.EnumerateFileSystemEntries(files.In("back"), "*", SearchOption.AllDirectories).Count().ShouldBe(6);
        browser.Complaints.ShouldBeEmpty();
    }

    private async Task SetUpAsync(IPage page)
    {
        await page.GotoAsync("setup");
        var token = Path.Combine(server.Data, "setup-token");
        await Eventually.Async(() => Task.FromResult(File.Exists(token)), 60); // it is told once the server answers
        await page.EnterAsync("Setup token", (await File.ReadAllTextAsync(token)).Trim());
        await page.EnterAsync("User name", ServerProcess.Admin);
        await page.Locator("#password").FillAsync(ServerProcess.Password);
        await page.Locator("#again").FillAsync(ServerProcess.Password);
        await browser.ShootAsync(page, "setup");
        await page.Locator("button[type=submit]").ClickAsync();
        await page.AtAsync("/start$");
        await page.ReadyAsync();
    }

    private async Task WizardAsync(IPage page, string documents)
    {
        await page.Locator("#field-path").FillAsync(files.In("repository"));
        await page.Locator("#field-path").BlurAsync();
        await page.PushAsync("Test");
        await page.SeeAsync("This place can be used.");
        await page.SeeAsync("This is the same disk as your files.");
        await browser.ShootAsync(page, "where");
        await page.PushAsync("Create repository");
        await page.GetByText(RepositoryPassword()).First.WaitForAsync(new() { Timeout = 60_000 });
        await browser.ShootAsync(page, "recovery-kit");
        await page.EnterAsync("Password from the kit", "something else");
        await page.PushAsync("Test the kit");
        await page.SeeAsync("The repository's password is wrong.");
        await page.EnterAsync("Password from the kit", await page.Locator(".secret").InnerTextAsync());
        await page.PushAsync("Test the kit");
        await page.EnterAsync("Path to add", documents);
        await page.PushAsync("Add");
        await page.GetByRole(AriaRole.List, new() { Name = "Chosen" }).GetByText("documents").WaitForAsync();
        await page.EnterAsync("Name of the plan", "Documents");
        await browser.ShootAsync(page, "what");
        await page.PushAsync("Go on");
        await page.SeeAsync("after removals"); // what happens to the repository by itself
        await page.SeeAsync("Every Sunday at 02:00");
        await browser.ShootAsync(page, "review");
        await TellMeAsync(page);
        server.Slow = true;
        await page.PushAsync("Back up now");
        await page.AtAsync("/runs/[^/]+$");
    }

    private async Task TellMeAsync(IPage page)
    {
        await page.PushAsync("ntfy (phone)");
        await page.Locator("#field-server").FillAsync(phone.Address);
        await page.Locator("#field-topic").FillAsync("anna");
        await page.GetByLabel("This server is in my own network").CheckAsync();
        var pushes = await page.PushUntilAsync("Test", "A test message is on its way.");
        phone.All.Count.ShouldBeInRange(1, pushes);
        phone.All.ShouldAllBe(m => m.Body.Contains("\"anna\""));
        await browser.ShootAsync(page, "tell-me");
        await page.PushAsync("Add channel");
        await page.SeeAsync("You will be notified.");
        var rules = (await server.CommandAsync("", "rules", "--data", server.Data)).Must(0).Output;
        rules.ShouldContain("failed, missed, overdue");
        rules.ShouldContain("2 times in a row");
    }

    private async Task WatchAsync(IPage page)
    {
        await page.Locator(Progress).First.WaitForAsync();
        await browser.ShootAsync(page, "progress");
        var other = await browser.PageAsync(server.Address, 390, 844, page);
        using (server.Hold()) // else it may be over before the other page is there
        {
            await other.OpenAsync(page.Url);
            await other.Locator(Progress).First.WaitForAsync();
            await browser.ShootAsync(other, "progress");
        }

        server.Slow = false;
        foreach (var one in (IPage[])[page, other])
        {
            await one.GetByRole(AriaRole.Heading, new() { Name = "Result" }).WaitForAsync(new() { Timeout = 60_000 });
            await one.SeeAsync("Succeeded");
        }

        await page.SeeAsync("Your first backup is done");
        await page.GetByRole(AriaRole.Link, new() { Name = "Try a restore" }).WaitForAsync();
        (await page.GetByRole(AriaRole.Link, new() { Name = "Tell somebody" }).CountAsync()).ShouldBe(0, "somebody is told");
        await browser.ShootAsync(page, "run");
        await browser.ShootAsync(other, "run");
        await other.Context.CloseAsync();
    }

    private async Task RestoreAsync(IPage page, string documents)
    {
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link,
            new() { Name = "Restore" }).ClickAsync();
        await page.Locator("main table a").First.WaitForAsync();
        await browser.ShootAsync(page, "snapshots");
        await page.Locator("main table a").First.ClickAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "photos" }).ClickAsync();
        await page.PushAsync("letters");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "to anna.txt" }).ClickAsync();
        await page.SeeAsync("Restore 2 items");
        await page.GetByLabel("Folder above").ClickAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "letters" }).WaitForAsync();
        (await page.GetByRole(AriaRole.Checkbox, new() { Name = "letters" }).GetAttributeAsync("aria-checked")).ShouldBe("mixed");
        await page.Locator("#target").FillAsync(files.In("back"));
        await page.Locator("#overwrite").WaitForAsync(); // the server knows the folder
        await browser.ShootAsync(page, "browse");
        await page.GetByRole(AriaRole.Region, new() { Name = "Restore" }).GetByRole(AriaRole.Button,
            new() { Name = "Restore", Exact = true }).ClickAsync();
        await page.AtAsync("/runs/[^/]+$");
        await page.SeeAsync("Your files are in", 60);
        await page.SeeAsync("Succeeded");
        await browser.ShootAsync(page, "restored");
    }

    // What would be saved is not saved, and no list says otherwise.
    private async Task DryRunAsync(IPage page)
    {
        await page.OpenAsync("plans");
        await page.Locator("main table a").First.ClickAsync();
        await page.Locator("summary[aria-label='Other ways to run']").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Dry run") }).ClickAsync();
        await page.AtAsync("/runs/[^/]+$");
        await page.SeeAsync("What would be done");
        await page.GetByText("nothing was written", new() { Exact = true }).WaitForAsync();
        (await page.GetByText("Succeeded", new() { Exact = true }).CountAsync()).ShouldBe(0);
        (await page.GetByRole(AriaRole.Link, new() { Name = "Open the files" }).CountAsync()).ShouldBe(0);
        await browser.ShootAsync(page, "dry-run");
        await page.OpenAsync("activity");
        var row = await page.Locator("main tbody tr").First.TextContentAsync();
        (row!.Contains("Dry run", StringComparison.Ordinal),
            row.Contains("Succeeded", StringComparison.Ordinal)).ShouldBe((true, false));
    }

    private async Task SignOutAndInAsync(IPage page)
    {
        await page.Locator("details.me summary").ClickAsync();
        await page.PushAsync("Sign out");
        await page.SeeAsync("You are signed out.");
        (await page.Context.APIRequest.GetAsync(server.Address + "api/v1/status")).Status.ShouldBe(401);
        await page.SignInAsync(ServerProcess.Admin, ServerProcess.Password);
    }

    private async Task TourAsync(IPage page)
    {
        var small = await browser.PageAsync(server.Address, 390, 844, page);
        foreach (var address in (string[])["", "machines", "plans", "restore", "repositories", "activity",
            "settings/users", "settings/tokens", "settings/secrets", "settings/about", "account"])
        {
            await page.OpenAsync(address);
            await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).WaitForAsync();
            await browser.ShootAsync(page, address.Length == 0 ? "overview" : address.Replace('/', '-'));
            if (address.Length == 0)
            {
                await page.SeeAsync("“Documents” is on the same disk as its backup."); // never plainly safe
            }

            if (address is "" or "restore" or "activity")
            {
                await small.OpenAsync(address);
                await browser.ShootAsync(small, address.Length == 0 ? "overview" : address);
                (await small.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(390, address);
            }
        }
    }

    private async Task ViewerAsync()
    {
        (await server.CommandAsync("look but do not touch\n", "user", "create", "vera", "--role", "Viewer",
            "--password-stdin", "--data", server.Data)).Must(0);
        var page = await browser.PageAsync(server.Address);
        await page.SignInAsync("vera", "look but do not touch");
        await browser.ShootAsync(page, "viewer");
        await page.OpenAsync("restore");
        await page.Locator("main table a").First.ClickAsync();
        await page.AtAsync("snapshot=");
        await page.SeeAsync("As it was");
        var pages = new List<string> { await page.ContentAsync() };
        await browser.ShootAsync(page, "viewer-restore");
        await page.OpenAsync("activity");
        foreach (var run in await page.Locator("main a[href^='runs/']")
            .EvaluateAllAsync<string[]>("all => all.map(a => a.getAttribute('href'))"))
        {
            await page.OpenAsync(run);
            pages.Add(await page.ContentAsync());
        }

        pages.Count.ShouldBeGreaterThan(2);
        pages.ShouldAllBe(p => !p.Contains("large.jpg") && !p.Contains("to anna") && !p.Contains(files.In("back")));
    }

    [GeneratedRegex("^[a-z0-9]{4}(-[a-z0-9]{4}){6}$")]
    private static partial Regex RepositoryPassword();
}
