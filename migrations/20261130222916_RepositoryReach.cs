using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace TimeLocker.Migrations
{
    /// <inheritdoc />
    public partial class RepositoryReach : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "RepositoryReach",
                columns: table => new
                {
                    RepositoryId = table.Column<string>(type: "TEXT", nullable: false),
                    MachineId = table.Column<string>(type: "TEXT", nullable: false),
                    IsHome = table.Column<bool>(type: "INTEGER", nullable: false),
                    Since = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RepositoryReach", x => new { x.RepositoryId, x.MachineId });
                    table.ForeignKey(
                        name: "FK_RepositoryReach_Machines_MachineId",
                        column: x => x.MachineId,
                        principalTable: "Machines",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_RepositoryReach_Repositories_RepositoryId",
                        column: x => x.RepositoryId,
                        principalTable: "Repositories",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_RepositoryReach_MachineId",
                table: "RepositoryReach",
                column: "MachineId");

            // The machine that reached it looks after it (this one, where that is damaged), and those whose plans save to it reach it, too.
            migrationBuilder.Sql("""
                INSERT INTO "RepositoryReach" ("RepositoryId", "MachineId", "IsHome", "Since")
                SELECT r."Id", m."Id", 1, r."CreatedAt" FROM "Repositories" r JOIN "Machines" m ON m."Id" = CASE
                    WHEN EXISTS (SELECT 1 FROM "Machines" known WHERE known."Id" = r."MachineId") THEN r."MachineId"
                    ELSE (SELECT upper(s."Value") FROM "Settings" s WHERE s."Name" = 'machine.local') END;
                INSERT OR IGNORE INTO "RepositoryReach" ("RepositoryId", "MachineId", "IsHome", "Since")
                SELECT p."RepositoryId", p."MachineId", 0, min(p."CreatedAt") FROM "Plans" p
                JOIN "Repositories" r ON r."Id" = p."RepositoryId" JOIN "Machines" m ON m."Id" = p."MachineId"
                GROUP BY p."RepositoryId", p."MachineId";
                """);

            migrationBuilder.DropColumn(
                name: "MachineId",
                table: "Repositories");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "MachineId",
                table: "Repositories",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.Sql("""
                UPDATE "Repositories" SET "MachineId" = m."MachineId" FROM "RepositoryReach" m WHERE m."RepositoryId" = "Repositories"."Id" AND m."IsHome";
                """);

            migrationBuilder.DropTable(
                name: "RepositoryReach");
        }
    }
}
