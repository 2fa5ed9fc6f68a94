using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Shouldly;
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
