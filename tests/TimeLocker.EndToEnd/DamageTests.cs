using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Server.Data;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>
/// A server that cannot go on says why and ends as failed, so that whoever watches over it sees that nobody wanted it.
/// </summary>
public sealed class DamageTests : IAsyncLifetime
{
    private readonly ServerProcess server = new();

    private string File => Path.Combine(server.Data, "timelocker.db");

    public async Task InitializeAsync()
    {
        await server.InitializeAsync();
        await server.KillAsync();
    }

    public Task DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_damaged_page_is_said_in_one_sentence()
    {
        SqliteConnection.ClearAllPools();
        await using (var file = new FileStream(File, FileMode.Open))
        {
            file.Position = file.Length / 4096 / 2 * 4096;
            file.Write(new byte[4096]);
        }

        var said = await ServeAsync();

        said.ExitCode.ShouldBe(1);
        said.Errors.ShouldContain($"{File} is damaged.");
        (said.Output + said.Errors).ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_fault_behind_the_pages_ends_it_as_failed()
    {
        await using (var db = await DataSetup.Factory(File).CreateDbContextAsync())
        {
            await db.Database.ExecuteSqlRawAsync("DROP TABLE RunIssues; DROP TABLE Runs");
        }

        var said = await ServeAsync();

        said.ExitCode.ShouldBe(1, said.Output + said.Errors);
        said.Errors.ShouldContain("The server was ended by a fault.");
    }

    [Theory]
    [InlineData("machine.local")]
    [InlineData("secrets.turn")]
    public async Task A_damaged_setting_that_nothing_can_stand_for_is_said_in_one_sentence(string setting)
    {
        await using (var db = await DataSetup.Factory(File).CreateDbContextAsync())
        {
            await db.Database.ExecuteSqlAsync($"INSERT OR REPLACE INTO Settings (Name, Value) VALUES ({setting}, 'damaged')");
        }

        var said = await ServeAsync();

        said.ExitCode.ShouldBe(1, said.Output + said.Errors);
        said.Errors.ShouldContain($"The setting {setting} cannot be read");
        (said.Output + said.Errors).ShouldNotContain("   at ");
    }

    /// <summary>It would otherwise be the first backup that says it, in the night.</summary>
    [Fact]
    public async Task A_folder_above_the_state_that_others_may_change_is_said_at_the_start()
    {
        var above = new DirectoryInfo(Path.GetDirectoryName(server.Data)!);
        // a person's own folder may be open to a group
        above.UnixFileMode |= Environment.IsPrivilegedProcess ? UnixFileMode.GroupWrite : UnixFileMode.OtherWrite;

        var said = await ServeAsync();

        said.ExitCode.ShouldBe(1, said.Output + said.Errors);
        said.Errors.ShouldContain(above.FullName);
        said.Errors.ShouldContain("chmod ");
        (said.Output + said.Errors).ShouldNotContain("   at ");
    }

    private Task<Said> ServeAsync() => server.CommandAsync("", "serve", "--data", server.Data, "--port", $"{server.Port}");
}
