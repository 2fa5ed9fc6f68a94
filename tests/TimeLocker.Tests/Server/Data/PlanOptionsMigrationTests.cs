using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Shouldly;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Server.Data;
using Xunit;

namespace TimeLocker.Tests.Server.Data;

/// <summary>A plan whose settings were a column each has all of them afterwards.</summary>
public sealed class PlanOptionsMigrationTests : IDisposable
{
    // What had no default of its own.
    private static readonly Dictionary<string, object> Unset = new()
    {
        ["Excludes"] = "[]",
        ["ExcludePresets"] = "[]",
        ["ExcludeIfPresent"] = "[]",
        ["ExcludeCaches"] = 1,
        ["OneFileSystem"] = 0,
        ["Tags"] = "[]",
        ["Compression"] = "Auto",
    };

    // As the version before wrote them.
    private static readonly Dictionary<string, object> Stored = new()
    {
        ["Excludes"] = """["*.iso","/home/ann\u00E4/Down loads"]""",
        ["ExcludePresets"] = """["caches","trash"]""",
        ["ExcludeIfPresent"] = """[".nobackup"]""",
        ["ExcludeCaches"] = 0,
        ["OneFileSystem"] = 1,
        ["Tags"] = """["home"]""",
        ["Compression"] = "Max",
        ["Resources"] =
            """{"upload":500,"windows":[{"upload":100,"days":["monday"],"from":"08:00:00","to":"18:00:00"}],"priority":"idle","packSize":64}""",
        ["Command"] = """{"file":"dump-shop","path":"/dumps/shop.sql"}""",
        ["Hooks"] = """[{"file":"stop-shop","limitSeconds":60,"onFailure":"retry"}]""",
        ["Windows"] = """{"allowed":[{"days":["friday","saturday"],"from":"20:00:00","to":"06:00:00"}],"blocked":[]}""",
        ["Conditions"] = """{"skipOnBattery":true}""",
        ["Retries"] = """{"times":0,"firstAfterMinutes":7}""",
    };

    private readonly StateRig rig = new();

    public void Dispose() => rig.Dispose();

    [Fact]
    public async Task No_value_is_lost()
    {
        var plan = await MigratedAsync(Stored);

        var options = plan.Options;
        options.Excludes.ShouldBe(["*.iso", "/home/annä/Down loads"]);
        options.ExcludePresets.ShouldBe(["caches", "trash"]);
        options.ExcludeIfPresent.ShouldBe([".nobackup"]);
        (options.ExcludeCaches, options.OneFileSystem, options.Compression).ShouldBe((false, true, Compression.Max));
        options.Tags.ShouldBe(["home"]);
        (options.Resources.Upload, options.Resources.Priority, options.Resources.PackSize).ShouldBe((500, Priority.Idle, 64));
        options.Resources.Windows.ShouldHaveSingleItem().Upload.ShouldBe(100);
        options.Command.ShouldBe(new CommandSource("dump-shop", "/dumps/shop.sql"));
        options.Hooks.ShouldBe([new(HookMoment.Before, "stop-shop") { LimitSeconds = 60, OnFailure = HookFailure.Retry }]);
        options.Windows.Allowed.ShouldHaveSingleItem().Days.ShouldBe([DayOfWeek.Friday, DayOfWeek.Saturday]);
        (options.Conditions.SkipOnBattery, options.Conditions.SkipOnMetered).ShouldBe((true, false));
        options.Retries.ShouldBe(new() { Times = 0, FirstAfterMinutes = 7 });
        (plan.Name, plan.Sources.ShouldHaveSingleItem()).ShouldBe(("Papers", "/papers"));
        UnreadableColumns.In(plan).ShouldBeFalse();
    }

    [Fact]
    public async Task What_was_never_set_is_as_usual()
    {
        var options = (await MigratedAsync([])).Options;

        System.Text.Json.JsonSerializer.Serialize(options).ShouldBe(System.Text.Json.JsonSerializer.Serialize(new BackupOptions()));
    }

    [Theory]
    [InlineData("Hooks", "[{")]
    [InlineData("Tags", "")]
    [InlineData("Compression", "Maz")]
    [InlineData("Command", "{\"file\":")]
    [InlineData("Windows", "{}")]
    public async Task A_damaged_one_stays_damaged_and_costs_none_of_the_others(string column, string damage)
    {
        var plan = await MigratedAsync(new(Stored) { [column] = damage });

        UnreadableColumns.In(plan).ShouldBeTrue();
        plan.Options.Excludes.Count.ShouldBe(2);
        plan.Options.Retries.FirstAfterMinutes.ShouldBe(7);
    }

    private async Task<BackupPlan> MigratedAsync(Dictionary<string, object> stored)
    {
        var older = Path.Combine(rig.Root, "older.db");
        await using (File.Create(older))
        {
        }

        await using var db = await DataSetup.Factory(older).CreateDbContextAsync();
        var migrator = db.GetService<IMigrator>();
        await migrator.MigrateAsync("Revisions");
        var row = new Dictionary<string, object>
        {
            ["Id"] = "0199C0DE-0000-7000-8000-000000000003",
            ["Name"] = "Papers",
            ["MachineId"] = Guid.Empty,
            ["RepositoryId"] = Guid.Empty,
            ["Sources"] = """["/papers"]""",
            ["CreatedAt"] = 0,
        };
        foreach (var (column, value) in (IEnumerable<KeyValuePair<string, object>>)[.. Unset, .. stored])
        {
            row[column] = value;
        }

        var values = row.Values.Select(value => value is int ? $"{value}" : $"'{value}'");
        rig.Sql($"PRAGMA foreign_keys = OFF; INSERT INTO Plans(\"{string.Join("\", \"", row.Keys)}\") VALUES({string.Join(", ", values)})", older);
        await migrator.MigrateAsync();
        return await db.Plans.SingleAsync();
    }
}
