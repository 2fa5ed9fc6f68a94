using System.CommandLine;
using System.Reflection;
using TimeLocker.Core;
using TimeLocker.Server;

namespace TimeLocker.Commands;

internal static class VersionCommand
{
    private const int Short = 12;

    /// <summary>The commit that it was built from; null: the sources were no clone.</summary>
    private static string? Commit { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            .Split('+') is [_, var commit, ..] ? commit : null;

    public static Command Build() => new TextCommand("version", Texts.PrintsVersionAndCommit).Run((_, output, _) =>
    {
        var version = new ServerOptions { Data = "/" }.Version;
        return Task.FromResult(output.Say(new { version, commit = Commit, runtime = Environment.Version.ToString() },
            Texts.VersionLine($"{version}{(Commit is null ? "" : $" ({Commit[..Math.Min(Short, Commit.Length)]})")}",
                TextArgument.Of(Environment.Version))));
    });
}
