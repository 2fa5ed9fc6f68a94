using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using TimeLocker.Server.Data;

namespace TimeLocker.Migrations;

/// <summary>The audit trail takes new entries and nothing else, whoever asks.</summary>
[DbContext(typeof(TimeLockerDb))]
[Migration("20261122235003_AuditIsAppendOnly")]
public sealed class AuditIsAppendOnly : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        foreach (var verb in (string[])["UPDATE", "DELETE"])
        {
            migrationBuilder.Sql($"CREATE TRIGGER audit_no_{verb.ToLowerInvariant()} BEFORE {verb} ON \"AuditEntries\" BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;");
        }

        // INSERT OR REPLACE deletes without waking the trigger above.
        migrationBuilder.Sql("CREATE TRIGGER audit_no_replace BEFORE INSERT ON \"AuditEntries\" WHEN EXISTS (SELECT 1 FROM \"AuditEntries\" WHERE \"Seq\" = NEW.\"Seq\") BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("DROP TRIGGER audit_no_replace;");
        migrationBuilder.Sql("DROP TRIGGER audit_no_update;");
        migrationBuilder.Sql("DROP TRIGGER audit_no_delete;");
    }
}
