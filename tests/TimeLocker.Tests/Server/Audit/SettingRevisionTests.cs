using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Server.Api;
using TimeLocker.Server.Data;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Server.Audit;

/// <summary>
/// Settings that are about no thing: two people on one are told of each other, and a damaged one can be set anew.
/// </summary>
public sealed class SettingRevisionTests : AdminClientTest
{
    // Each says all there is to say, and whoever sends it means just that.
    private const string Switches = "notices.self queue.pause queue.limit";

    [Fact]
    public async Task Whoever_comes_late_to_any_setting_is_told_what_changed_and_changes_nothing()
    {
        Dictionary<string, (object First, object Late, string Words)> settings = new()
        {
            ["digest.change"] = (new { hour = "08:00:00" }, new { hour = "09:00:00" }, "setting: 07:00 → 08:00"),
            ["address.set"] = (new { address = "https://a.example" }, new { address = "https://b.example" },
                "setting: none → https://a.example"),
            ["cleanup.policy"] = (new { logDays = 30 }, new { logDays = 60 }, "log days: 90 → 30"),
            ["restores.set-folders"] = (new { folders = (string[])["/srv/a"] }, new { folders = (string[])["/srv/b"] },
                "setting: + /srv/a"),
        };
        var all = Rig.Get<OperationMap>().All.Where(o => o.Method == HttpMethod.Put && !o.Route.Contains("{id}"))
            .ToDictionary(o => o.Name);
        settings.Keys.Concat(Switches.Split(' ')).ShouldBe(all.Keys, ignoreOrder: true,
            "a new setting has a revision, or stands here with its reason");

        foreach (var (name, (first, late, words)) in settings)
        {
            (await PutAsync(all[name], first, "\"1\"")).IsSuccessStatusCode.ShouldBeTrue(name);
            using var refused = await PutAsync(all[name], late, "\"1\"");

            refused.StatusCode.ShouldBe(HttpStatusCode.Conflict, name);
            (await refused.Content.ReadFromJsonAsync<JsonNode>())!["why"]!.ToString().ShouldContain(words, Case.Sensitive, name);
            (await PutAsync(all[name], late, "\"2\"")).IsSuccessStatusCode.ShouldBeTrue(name);
        }

        (await TagAsync("digest"), await TagAsync("address"), await TagAsync("restore-folders"),
            await TagAsync("cleanup")).ShouldBe(("\"3\"", "\"3\"", "\"3\"", "\"3\""));
    }

    [Fact]
    public void Every_change_of_a_whole_takes_the_revision_that_it_was_made_from()
    {
        // What they set is one word, a secret that nobody can read back, or a timer that the system's own tools have just set up.
        const string few = "users.reset-password plans.timer";
        Rig.Get<OperationMap>().All.Where(o => o.Method == HttpMethod.Put && !TakesRevision(o)).Select(o => o.Name)
            .ShouldBe($"{Switches} {few}".Split(' '), ignoreOrder: true);
    }

    [Fact]
    public async Task What_takes_the_place_of_a_whole_setting_has_to_say_of_which_revision()
    {
        var map = Rig.Get<OperationMap>();

        using var folders = await PutAsync(map.Find("restores.set-folders")!, new { folders = (string[])["/srv/a"] }, null);
        using var rules = await PutAsync(map.Find("cleanup.policy")!, new { logDays = 30 }, null);
        using var whatever = await PutAsync(map.Find("restores.set-folders")!, new { folders = (string[])["/srv/a"] }, "*");

        ((int)folders.StatusCode, (int)rules.StatusCode, (int)whatever.StatusCode).ShouldBe((428, 428, 200));
    }

    [Fact]
    public async Task Of_rules_with_several_numbers_only_what_both_changed_asks_for_a_choice()
    {
        var rules = Rig.Get<OperationMap>().Find("cleanup.policy")!;
        await PutAsync(rules, new { logDays = 30, logCount = 10 }, "\"1\"");

        using var refused = await PutAsync(rules, new { logDays = 60, cacheMiB = 5 }, "\"1\"");

        var changes = (await refused.Content.ReadFromJsonAsync<JsonNode>())!["meanwhile"]!["changes"]!.AsArray();
        changes.Select(c => (c!["field"]!.ToString(), (bool)c["yours"]!))
            .ShouldBe([("logDays", true), ("logCount", false)], ignoreOrder: true);
    }

    [Theory]
    [InlineData("restore.folders", "[\"/srv", "restore-folders")]
    [InlineData("cleanup.policy", "{\"logDays\":", "cleanup")]
    [InlineData("cleanup.report", "{", "cleanup")]
    [InlineData("public.address", "ht tp:/", "address")]
    [InlineData("digest.hour", "7 o'clock", "digest")]
    [InlineData("queue.pause", "{\"Until\":7", "queue")]
    [InlineData("clock.noted", "{", "clock")]
    [InlineData("clock.doubt", "{", "clock")]
    public async Task A_damaged_setting_stops_neither_the_start_nor_whoever_reads_it_and_is_told(string setting,
        string damage, string path)
    {
        await DamageAsync(setting, damage);
        await Rig.RestartAsync();
        using var again = await Rig.ClientAsync(Role.Admin);

        using var answer = await again.GetAsync($"api/v1/{path}");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        (await Rig.Get<DatabaseWatch>().RowsAsync(default)).ShouldContain($"Setting {setting}");
    }

    [Fact]
    public async Task With_a_damaged_list_of_folders_Operators_restore_nowhere_until_an_Admin_sets_it_anew()
    {
        await DamageAsync("restore.folders", "[\"/srv");
        var limits = Rig.Get<RestoreLimits>();

        var refused = await Should.ThrowAsync<ProblemException>(() => limits.OfAsync(DeskRig.Actor(Role.Operator), default));
        var shown = (await Client.GetFromJsonAsync<JsonNode>("api/v1/restore-folders"))!;

        (refused.Kind,
            refused.Problem.Next.Full.Contains("restore-folders set",
                StringComparison.Ordinal)).ShouldBe((ProblemKind.Forbidden, true));
        (await limits.OfAsync(DeskRig.Admin, default)).ShouldBeEmpty("an Admin is bound by no list");
        shown["problem"]!["what"]!.ToString().ShouldContain("cannot be read");
        (await PutAsync(Rig.Get<OperationMap>().Find("restores.set-folders")!, new { folders = (string[])["/srv/b"] },
            $"\"{shown["revision"]}\"")).IsSuccessStatusCode.ShouldBeTrue();
        (await limits.OfAsync(DeskRig.Actor(Role.Operator), default)).ShouldBe(["/srv/b"]);
    }

    private static bool TakesRevision(Operation operation) => operation.Handler.Method.GetParameters().Any(p =>
        p.Name == "revision"
            || p.ParameterType.GetProperty("Revision", BindingFlags.Public | BindingFlags.Instance) is not null
                && p.ParameterType != typeof(Actor));

    private async Task DamageAsync(string setting, string value)
    {
        await using var db = await Rig.DatabaseAsync();
        await db.Database.ExecuteSqlAsync($"INSERT OR REPLACE INTO Settings (Name, Value) VALUES ({setting}, {value})");
    }

    private async Task<string?> TagAsync(string path) => (await Client.GetAsync($"api/v1/{path}")).Headers.ETag?.Tag;

    private Task<HttpResponseMessage> PutAsync(Operation operation, object body, string? match)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, $"api/v1{operation.Route}") { Content = JsonContent.Create(body) };
        if (match is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", match);
        }

        return Client.SendAsync(request);
    }
}
