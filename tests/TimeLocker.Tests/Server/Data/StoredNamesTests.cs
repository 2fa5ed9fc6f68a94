using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Api;
using TimeLocker.Server.Data;
using Xunit;

namespace TimeLocker.Tests.Server.Data;

/// <summary>What the code calls by another name than it did is still found where it is stored.</summary>
public sealed class StoredNamesTests
{
    [Fact]
    public void Stored_json_keeps_its_names_and_answers_say_those_of_the_code()
    {
        var stored = JsonSerializer.Deserialize<RunResult>("""{"health":{"errors":2}}""", Columns.Json)!;

        stored.Maintenance!.Errors.ShouldBe(2);
        JsonSerializer.Serialize(stored, Columns.Json).ShouldContain("\"health\"");
        JsonSerializer.Serialize(stored, ApiJson.Options).ShouldContain("\"maintenance\"");
    }

    [Fact]
    public void The_checks_of_a_run_from_before_there_were_keys_still_say_what_they_said()
    {
        const string Stored = """[{"name":"clock","level":"warning","sentence":"The clock says 2026-11-23 14:00 UTC."}]""";
        var check = JsonSerializer.Deserialize<IReadOnlyList<RunCheck>>(Stored, Columns.Json)!.Single();

        (check.Name, check.Level, check.Text.Full).ShouldBe(("clock", CheckLevel.Warning, "The clock says 2026-11-23 14:00 UTC."));
        JsonSerializer.Serialize(check, Columns.Json).ShouldContain("\"sentence\"");
        JsonSerializer.Serialize(check, ApiJson.Options).ShouldContain("\"text\":\"");
    }

    [Fact]
    public void What_a_run_said_before_there_were_keys_it_still_says()
    {
        var progress = JsonSerializer.Deserialize<RunProgress>("""{"phase":"load indexes","note":"4 / 10 packs"}""", Columns.Json)!;
        var result =
            JsonSerializer.Deserialize<RunResult>(
                """{"notable":["/a (setuid)"],"health":{"report":["pack 12 is missing"]},"clashes":[{"path":"/a","saved":"file","there":"folder","sentence":"a folder is here, a file in the snapshot"}]}""", Columns.Json)!;

        (progress.Phase!.Full, progress.Note!.Full).ShouldBe(("load indexes", "4 / 10 packs"));
        (result.Notable.Single().Full, result.Maintenance!.Report.Single().Full).ShouldBe(("/a (setuid)", "pack 12 is missing"));
        result.Clashes.Single().Text.Full.ShouldBe("a folder is here, a file in the snapshot");
    }

    [Fact]
    public void A_title_that_was_stored_as_a_sentence_is_read_as_one_and_words_for_everybody_are_stored_as_words()
    {
        var column = new TextConverter();
        var from = (Func<object?, object?>)column.ConvertFromProvider;

        ((Text)from("Check of NAS")!).ShouldSatisfyAllConditions(old => old.Full.ShouldBe("Check of NAS"),
            old => old.Unnamed.ShouldBe("Check of NAS"));
        column.ConvertToProvider(Text.Verbatim("Documents")).ShouldBe("Documents");
        foreach (var text in (Text[])[new("Core.Runs.Texts.KindOfPlace", ("kind", "Check"), ("place", "NAS")),
            Text.Verbatim("/a".AsName()), Text.Verbatim("{odd"), Text.Verbatim("{\"key\":1}")])
        {
            from(column.ConvertToProvider(text)).ShouldBe(text);
        }
    }

    [Theory]
    [InlineData(nameof(Repository.Maintenance), "Health")]
    [InlineData(nameof(Repository.MaintenanceSchedules), "Care")]
    [InlineData(nameof(Repository.MaintenanceUntil), "CareUntil")]
    public void A_column_keeps_its_name(string property, string column)
    {
        using var rig = new TimeLockerDb(new DbContextOptionsBuilder<TimeLockerDb>().UseSqlite("Data Source=:memory:").Options);
        rig.Model.FindEntityType(typeof(Repository))!.FindProperty(property)!.GetColumnName().ShouldBe(column);
    }
}
