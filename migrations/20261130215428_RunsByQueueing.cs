using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace TimeLocker.Migrations
{
    /// <inheritdoc />
    public partial class RunsByQueueing : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Runs_Outcome_Id",
                table: "Runs");

            migrationBuilder.DropIndex(
                name: "IX_Runs_PlanId_Id",
                table: "Runs");

            migrationBuilder.DropIndex(
                name: "IX_Runs_RepositoryId_Id",
                table: "Runs");

            migrationBuilder.CreateIndex(
                name: "IX_Runs_Outcome_QueuedAt_Id",
                table: "Runs",
                columns: new[] { "Outcome", "QueuedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Runs_PlanId_QueuedAt_Id",
                table: "Runs",
                columns: new[] { "PlanId", "QueuedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Runs_QueuedAt_Id",
                table: "Runs",
                columns: new[] { "QueuedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Runs_RepositoryId_QueuedAt_Id",
                table: "Runs",
                columns: new[] { "RepositoryId", "QueuedAt", "Id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Runs_Outcome_QueuedAt_Id",
                table: "Runs");

            migrationBuilder.DropIndex(
                name: "IX_Runs_PlanId_QueuedAt_Id",
                table: "Runs");

            migrationBuilder.DropIndex(
                name: "IX_Runs_QueuedAt_Id",
                table: "Runs");

            migrationBuilder.DropIndex(
                name: "IX_Runs_RepositoryId_QueuedAt_Id",
                table: "Runs");

            migrationBuilder.CreateIndex(
                name: "IX_Runs_Outcome_Id",
                table: "Runs",
                columns: new[] { "Outcome", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Runs_PlanId_Id",
                table: "Runs",
                columns: new[] { "PlanId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Runs_RepositoryId_Id",
                table: "Runs",
                columns: new[] { "RepositoryId", "Id" });
        }
    }
}
