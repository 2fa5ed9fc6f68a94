using Shouldly;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>A plugin on the command line: put into the folder, allowed, used, left out.</summary>
public sealed class PluginCommandTests(ServerProcess server) : IClassFixture<ServerProcess>
{
    private const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    [Fact]
    public async Task The_example_is_allowed_by_its_hash_and_used_after_a_restart()
    {
        (await SayAsync(0, "plugins")).Output.ShouldContain(server.In("plugins"));
        Directory.CreateDirectory(server.In("plugins", "PluginExample"), Folder);
        var built = Path.Combine(ServerProcess.RepositoryRoot, "deploy", "plugin-example", "bin",
            new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "PluginExample.dll");
        File.Copy(built, server.In("plugins", "PluginExample", "PluginExample.dll"));
        File.SetUnixFileMode(server.In("plugins"), Folder);
        File.SetUnixFileMode(server.In("plugins", "PluginExample", "PluginExample.dll"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var off = (await SayAsync(0, "plugins", "--json")).Json["items"]![0]!;
        off["state"]!.ToString().ShouldBe("off");
        (await SayAsync(1, "plugins", "allow", "PluginExample",
            new string('0', 64))).Errors.ShouldContain("their hash is another one");
        (await SayAsync(0, "plugins", "allow", "PluginExample",
            off["hash"]!.ToString())).Output.ShouldContain("Start TimeLocker again");
        await AgainAsync();

        (await SayAsync(0, "plugins")).Output.ShouldContain("adds backend named-disk: Disk with a name");
        Directory.CreateDirectory(server.In("media", "BACKUP"));
        await SayAsync(0, "repositories", "add", "Disk", "--backend", "named-disk", "--set", "disk=BACKUP", "--set",
            "folder=office", "--set", $"under={server.In("media")}", "--create");
        Directory.Exists(server.In("media", "BACKUP", "office", "snapshots")).ShouldBeTrue();

        server.More = ["--without-plugins"];
        await AgainAsync();
        var without = (await SayAsync(0, "plugins")).Output;
        without.ShouldContain("started without plugins");
        without.ShouldContain("PluginExample  waiting");
        (await SayAsync(4, "repositories", "test", "Disk")).Errors.ShouldContain("“named-disk”");
        await SayAsync(0, "user", "list"); // what works without a server asks no plugin

        server.More = [];
        await AgainAsync();
        await SayAsync(0, "repositories", "test", "Disk");
        await SayAsync(0, "plugins", "forbid", "PluginExample");
        (await SayAsync(0, "plugins")).Output.ShouldContain("PluginExample  ending");
    }

    private async Task AgainAsync()
    {
        (await server.EndAsync()).ShouldBe(0);
        await server.StartAsync();
    }

    private async Task<Said> SayAsync(int exit, params string[] words) =>
        (await server.CommandAsync("", [.. words, "--data", server.Data])).Must(exit);
}
