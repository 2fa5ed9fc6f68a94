using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace TimeLocker.Migrations
{
    /// <inheritdoc />
    public partial class CopyRetention : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Keeps",
                table: "Repositories",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Keeps",
                table: "Repositories");
        }
    }
}
