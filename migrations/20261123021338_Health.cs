using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace TimeLocker.Migrations
{
    /// <inheritdoc />
    public partial class Health : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Checks",
                table: "Runs",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.AddColumn<bool>(
                name: "AppendOnly",
                table: "Repositories",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "CopiedAt",
                table: "Repositories",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "CopyOfId",
                table: "Repositories",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Health",
                table: "Repositories",
                type: "TEXT",
                nullable: false,
                defaultValue: "{}");

            migrationBuilder.AddColumn<string>(
                name: "Region",
                table: "Repositories",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Resources",
                table: "Repositories",
                type: "TEXT",
                nullable: false,
                defaultValue: "{}");

            migrationBuilder.AddColumn<string>(
                name: "Resources",
                table: "Plans",
                type: "TEXT",
                nullable: false,
                defaultValue: "{}");

            migrationBuilder.AddColumn<string>(
                name: "Programs",
                table: "Machines",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.AddColumn<string>(
                name: "Schemes",
                table: "Machines",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.CreateTable(
                name: "RepositoryDays",
                columns: table => new
                {
                    RepositoryId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    StoredBytes = table.Column<long>(type: "INTEGER", nullable: false),
                    Snapshots = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RepositoryDays", x => new { x.RepositoryId, x.Day });
                    table.ForeignKey(
                        name: "FK_RepositoryDays_Repositories_RepositoryId",
                        column: x => x.RepositoryId,
                        principalTable: "Repositories",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "RepositoryDays");

            migrationBuilder.DropColumn(
                name: "Checks",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "AppendOnly",
                table: "Repositories");

            migrationBuilder.DropColumn(
                name: "CopiedAt",
                table: "Repositories");

            migrationBuilder.DropColumn(
                name: "CopyOfId",
                table: "Repositories");

            migrationBuilder.DropColumn(
                name: "Health",
                table: "Repositories");

            migrationBuilder.DropColumn(
                name: "Region",
                table: "Repositories");

            migrationBuilder.DropColumn(
                name: "Resources",
                table: "Repositories");

            migrationBuilder.DropColumn(
                name: "Resources",
                table: "Plans");

            migrationBuilder.DropColumn(
                name: "Programs",
                table: "Machines");

            migrationBuilder.DropColumn(
                name: "Schemes",
                table: "Machines");
        }
    }
}
