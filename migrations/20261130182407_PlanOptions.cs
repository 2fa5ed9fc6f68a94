using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using TimeLocker.Core.Backups;
using TimeLocker.Server.Data;

namespace TimeLocker.Migrations;

/// <summary>
/// How a plan backs up was a column for each setting, and is one record. What cannot be read stays what it is, as a text where none belongs: such a plan is
/// shown, not carried out, and keeps its other settings.
/// </summary>
[DbContext(typeof(TimeLockerDb))]
[Migration("20261130182407_PlanOptions")]
public sealed class PlanOptions : Migration
{
    private static readonly string[] Flags = ["ExcludeCaches", "OneFileSystem"], Words = ["Compression"], Jsons =
        ["Excludes", "ExcludePresets", "ExcludeIfPresent", "Tags", "Resources", "Command", "Hooks", "Windows", "Conditions", "Retries"];

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>(name: "Options", table: "Plans", type: "TEXT", nullable: false, defaultValue: "{}");
        string[] members =
        [
            .. Flags.Select(c => Member(c, $"json(CASE WHEN CAST(\"{c}\" AS INTEGER) THEN 'true' ELSE 'false' END)")),
            .. Words.Select(c => Member(c, $"lower(substr(\"{c}\", 1, 1)) || substr(\"{c}\", 2)")),
            .. Jsons.Select(c => Member(c, $"json(CASE WHEN json_valid(\"{c}\") THEN \"{c}\" ELSE json_quote(CAST(\"{c}\" AS TEXT)) END)")),
        ];
        migrationBuilder.Sql($"UPDATE \"Plans\" SET \"Options\" = json_object({string.Join(", ", members)})");

        // The framework would build the table anew, outside of the transaction.
        foreach (var column in (string[])[.. Flags, .. Words, .. Jsons])
        {
            migrationBuilder.Sql($"ALTER TABLE \"Plans\" DROP COLUMN \"{column}\"");
        }
    }

    protected override void Down(MigrationBuilder migrationBuilder) =>
        throw new NotSupportedException("What an older TimeLocker read is in the copy of the database that was made before the update.");

    private static string Member(string column, string value) => $"'{char.ToLowerInvariant(column[0])}{column[1..]}', {value}";
}
