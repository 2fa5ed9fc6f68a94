using System.CommandLine;
using TimeLocker.Server;

namespace TimeLocker.Commands;

internal static class VersionCommand
{
    public static Command Build()
    {
        var command = new Command("version", "Prints the version.") { Shared.Json };
        return command.Run((_, output, _) =>
        {
            var version = new ServerOptions { Data = "/" }.Version;
            if (output.Json)
            {
                output.Value(new { version, runtime = Environment.Version.ToString() });
            }
            else
            {
                output.Line($"timelocker {version} on .NET {Environment.Version}");
            }

            return Task.FromResult(Exit.Ok);
        });
    }
}
