using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>
/// A restore to the original place in a real browser, where something of another kind lies by now; and where Operators
/// may restore.
/// </summary>
public sealed class InPlaceFlowTests : PageTests
{
    [Fact]
    public async Task The_preview_names_what_is_of_another_kind_and_only_a_person_has_it_replaced()
    {
        var files = new Scratch(Server.In("home"));
        var documents = files.Documents("documents");
        var plan = await Server.Api.AddPlanAsync("Letters",
            await Server.Api.AddRepositoryAsync("Cellar", Server.In("repository")), documents);
        await Server.Api.EndAsync(await Server.Api.RunAsync(plan));
        Directory.Delete(files.In("documents/photos"), recursive: true);
        File.CreateSymbolicLink(files.In("documents/photos"), Directory.CreateDirectory(files.In("elsewhere")).FullName);
        Directory.Delete(files.In("documents/letters"), recursive: true);
        files.Write("documents/letters", "mine");
        File.Delete(files.In("documents/empty.txt"));
        files.Write("documents/empty.txt/inside", "mine");

        var page = await SignInAsync();
        await page.OpenAsync("restore");
        await page.Locator("main table a").First.ClickAsync();
        await page.GetByLabel("Original place").CheckAsync();
        await page.PushAsync("Preview");
        await page.SeeAsync("Something of another kind is in the way at 3 places", 60);
        foreach (var sentence in (string[])["a link is here, a folder in the snapshot",
            "a file is here, a folder in the snapshot", "a folder is here, a file in the snapshot"])
        {
            await page.SeeAsync(sentence);
        }

        await ShootAsync(page, "of-another-kind");
        foreach (var dark in (bool[])[false, true])
        {
            await page.SetViewportSizeAsync(390, 1400);
            await page.EmulateMediaAsync(new() { ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light });
            await ShootAsync(page, dark ? "of-another-kind-dark" : "of-another-kind");
            (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(390);
        }

        await page.GetByLabel("Replace what is there").CheckAsync();
        await page.Locator("#confirm-host").FillAsync(Environment.MachineName);
        await page.GetByRole(AriaRole.Region, new() { Name = "Restore" }).GetByRole(AriaRole.Button,
            new() { Name = "Restore", Exact = true }).ClickAsync();
        await page.AtAsync("/runs/[^/]+$");
        await page.SeeAsync("Not everything was restored.", 60);
        await Browser.ShootAsync(page, "replaced-but-one");

        File.ReadAllText(files.In("documents/letters/to anna.txt")).ShouldBe("Dear Anna,\n");
        File.Exists(files.In("documents/photos/one.jpg")).ShouldBeTrue();
        new FileInfo(files.In("documents/photos")).LinkTarget.ShouldBeNull();
        Directory.EnumerateFileSystemEntries(files.In("elsewhere")).ShouldBeEmpty();
        File.ReadAllText(files.In("documents/empty.txt/inside")).ShouldBe("mine");
    }

    [Fact]
    public async Task An_Admin_holds_Operators_to_a_folder_on_the_page_and_the_command_line_says_so()
    {
        var page = await SignInAsync();
        await page.OpenAsync("settings/general");
        await page.Locator("#restore-folders").FillAsync("relative");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).Last.ClickAsync();
        await page.SeeAsync("It is not an absolute path below “/”.");
        await page.Locator("#restore-folders").FillAsync("/srv/restores\n/mnt/back");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).Last.ClickAsync();
        await page.SeeAsync("Saved.");
        await Browser.ShootAsync(page, "restore-folders");

        (await Server.CommandAsync("", "restore-folders", "--data", Server.Data)).Must(0).Output.ShouldContain("  /srv/restores");
        (await Server.CommandAsync("", "restore-folders", "set", "/srv/other", "--data",
            Server.Data)).Must(0).Output.ShouldNotContain("/mnt/back");
        (await Server.CommandAsync("", "restore-folders", "clear", "--data",
            Server.Data)).Must(0).Output.ShouldContain("any new folder");
    }

    private async Task ShootAsync(IPage page, string name)
    {
        await page.GetByLabel("Replace what is there").ScrollIntoViewIfNeededAsync();
        await Browser.ShootAsync(page, name);
    }
}
