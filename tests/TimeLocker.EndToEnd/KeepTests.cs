using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>What stays of a plan, in a real browser, against the real restic's own dry run, on the command line.</summary>
public sealed class KeepTests : PageTests
{
    private const string Password = "made for the Keep tab";
    private static readonly Dictionary<string, string> Utc = new() { ["TZ"] = "UTC" };


    [Fact]
    public async Task Rules_are_tried_while_typing_saved_marked_and_a_snapshot_comes_back_with_one_click()
    {
        var place = await Server.Api.AddRepositoryAsync("Cellar", Server.In("repository"), password: Password);
        var plan = await Server.Api.AddPlanAsync("Letters", place, new Scratch(Server.In("home")).Documents("letters"));
        var id = plan.Text("id");
        await Server.Api.EndAsync(await Server.Api.RunAsync(plan));
        await FillAsync(place.Text("id"), Server.In("home/letters"), [1, 2, 3, 4, 5, 7, 9, 12, 15, 20, 33, 60]);

        // The same as restic says, reason by reason.
        var ours = (await Server.Api.PostAsync($"plans/{id}/retention/preview",
            new { keepDaily = 3, keepWeekly = 2, keepWithin = "50h" })).Must(200);
        var theirs =
            JsonNode.Parse((await Server.ResticAsync(Server.In("repository"), Password, Utc, "forget", "--dry-run",
                "--no-lock", "--json", "--keep-daily=3", "--keep-weekly=2",
                "--keep-within=50h")).Must(0).Output)!.AsArray().Single()!;
        ours["keep"]!.Items().Select(f => $"{f.Text("id")} {string.Join(", ", f["reasons"]!.AsArray())}")
            .ShouldBe(theirs["reasons"]!.AsArray()
                .Select(r => $"{r!["snapshot"]!["id"]} {string.Join(", ", r["matches"]!.AsArray())}"),
                ignoreOrder: true);
        ours["remove"]!.Items().Select(f => f.Text("id"))
            .ShouldBe(theirs["remove"]!.AsArray().Select(s => s!["id"]!.ToString()), ignoreOrder: true);

        var page = await SignInAsync();
        await page.OpenAsync($"plans/{id}?tab=keep");
        await page.SeeAsync("13 stay, 0 go");
        await page.GetByText("Rules of its own").ClickAsync();
        await page.Locator("#keep-template").SelectOptionAsync("small");
        // what is typed before would be overwritten
        await Assertions.Expect(page.Locator("#keep-2")).ToHaveValueAsync("7", new() { Timeout = 60_000 });
        await page.Locator("#keep-2").FillAsync("2");
        await page.Locator("#keep-3").FillAsync("0");
        await page.SeeAsync("3 stay, 10 go");
        (await Server.Api.GetAsync($"plans/{id}")).Must(200)["retention"].ShouldBeNull("nothing is saved while it is typed");
        await Browser.ShootAsync(page, "keep-typed");
        await page.PushAsync("Save");
        await page.PushAsync("Mark now");
        await page.PushAsync("Mark them");
        await page.SeeAsync("is removed after");
        var pending = (await Server.Api.GetAsync($"plans/{id}/retention/pending")).Must(200).Items();
        pending.Count.ShouldBe(10);
        await Browser.ShootAsync(page, "keep-marked");

        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Keep the snapshot of") }).First.ClickAsync();
        await page.SeeAsync("pinned: Brought back before its removal");
        await page.SeeAsync("4 stay, 9 go");
        (await Server.Api.GetAsync($"plans/{id}/retention/pending")).Must(200).Items().Count.ShouldBe(9);

        // What people do on the page is there for programs, and for restic itself.
        var pin = (await Server.Api.GetAsync("pins")).Must(200).Items().ShouldHaveSingleItem();
        await Eventually.Async(async () => (await Server.ResticAsync(Server.In("repository"), Password, "snapshots",
            "--json", "--no-lock", "--tag", "tlpin")).Output.Contains(pin.Text("snapshot"), StringComparison.Ordinal),
            60);
        var said = (await Server.CommandAsync("", "retention", "preview", "Letters", "--data", Server.Data)).Must(0).Output;
        said.ShouldContain("4 stay, 9 go.");
        said.ShouldContain("(marked)");
        (await Server.CommandAsync("", "retention", "calendar", "Letters", "--json", "--data",
            Server.Data)).Must(0).Json["days"]!.AsArray().Count.ShouldBe(366);
        (await Server.CommandAsync("", "policies", "create", "Office", "--template", "office", "--keep-last", "3",
            "--data", Server.Data)).Must(0).Output.ShouldContain("keepLast 3");

        await page.OpenAsync("settings/policies");
        await page.SeeAsync("Keeps the last 3, all of the last 7 days");
        await page.SetViewportSizeAsync(390, 844);
        await page.OpenAsync($"plans/{id}?tab=keep");
        await page.SeeAsync("4 stay, 9 go");
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(
            0, "nothing is wider than a phone");
        await Browser.ShootAsync(page, "keep-phone");

        // Several at once, on the phone.
        await page.OpenAsync($"repositories/{place.Text("id")}/snapshots");
        var boxes = page.GetByRole(AriaRole.Checkbox, new() { NameRegex = new("^Choose the snapshot of") });
        await boxes.Nth(0).ClickAsync();
        await boxes.Nth(2).ClickAsync();
        await page.SeeAsync("2 chosen");
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(
            0, "nothing is wider than a phone");
        await page.PushAsync("Tags…");
        await page.EnterAsync("Tags with commas", "several, at once");
        await Browser.ShootAsync(page, "tags-of-many-phone");
        await page.PushAsync("Change tags");
        await Eventually.Async(async () =>
            (await Server.Api.GetAsync($"repositories/{place.Text("id")}/snapshots?tag=several")).Must(200)
                .Items().Count == 2, 60);
        await Assertions.Expect(page.GetByText("at once", new() { Exact = true })).ToHaveCountAsync(2, new() { Timeout = 60_000 });
        Browser.Complaints.ShouldBeEmpty();
    }

    // Snapshots of days gone by, which belong to the plan by the tag of its first run.
    private async Task FillAsync(string repository, string folder, int[] days)
    {
        var first = JsonNode.Parse((await Server.ResticAsync(Server.In("repository"), Password, "snapshots", "--json",
            "--no-lock")).Must(0).Output)!.AsArray().Single()!;
        var tag = first["tags"]!.AsArray().Select(t => t!.ToString()).Single(t => t.StartsWith("tlrun:", StringComparison.Ordinal));
        var noon = TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddHours(12);
        foreach (var ago in days)
        {
            (await Server.ResticAsync(Server.In("repository"), Password, Utc, "backup", "-q", "--host",
                first.Text("hostname"), "--tag", tag, "--time",
                noon.AddDays(-ago).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), folder)).Must(0);
        }

        (await Server.Api.PostAsync($"repositories/{repository}/snapshots/refresh")).Must(200);
    }
}
