using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace TimeLocker.Migrations
{
    /// <inheritdoc />
    public partial class MachineZoneAndCap : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "Cap",
                table: "Machines",
                type: "INTEGER",
                nullable: false,
                defaultValue: 2);

            migrationBuilder.AddColumn<string>(
                name: "Zone",
                table: "Machines",
                type: "TEXT",
                nullable: true);

            // What was set for all machines at once.
            migrationBuilder.Sql("""
                UPDATE "Machines" SET "Cap" = CAST(s."Value" AS INTEGER) FROM "Settings" s
                WHERE s."Name" = 'queue.machine-cap' AND CAST(s."Value" AS INTEGER) BETWEEN 1 AND 32;
                DELETE FROM "Settings" WHERE "Name" = 'queue.machine-cap';
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Cap",
                table: "Machines");

            migrationBuilder.DropColumn(
                name: "Zone",
                table: "Machines");
        }
    }
}
