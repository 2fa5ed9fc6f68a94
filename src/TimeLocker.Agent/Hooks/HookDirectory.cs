using TimeLocker.Agent.Platform;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;

namespace TimeLocker.Agent.Hooks;

/// <summary>
/// The machine's hook directory: programs that its admin put there. What a plan calls is one of them, by name; nothing
/// else can be called.
/// </summary>
internal sealed class HookDirectory(string path)
{
    private const int LongestFirstLine = 256;

    public HookFolder List()
    {
        if (Refusal() is { } problem)
        {
            return new HookFolder(path, [], problem);
        }

        var files = Directory.EnumerateFileSystemEntries(path).Select(file => Path.GetFileName(file))
            .Where(name => name[0] != '.').Order(StringComparer.Ordinal);
        return new HookFolder(path, [.. files.Select(name => new HookFile(name, Why(name)))], null);
    }

    /// <summary>The program behind a name, links resolved.</summary>
    /// <exception cref="ProblemException">It is not there, or somebody else could have written it.</exception>
    public string Find(string name)
    {
        if (Refusal() is { } problem)
        {
            throw new ProblemException(ProblemKind.Upstream, problem);
        }

        return HookRules.IsName(name) && Why(name) is null
            ? TrustedProgram.Of(Path.Combine(path, name)).Real
            : throw new ProblemException(ProblemKind.Upstream, Texts.HookCannotUsed(name),
                Why(name) ?? Texts.NoNameOfFile,
                Why(name) is { } why && why.Is(Texts.WindowsLineEnds)
                    ? Texts.RootSedIS(Path.Combine(path, name).AsName())
                    : Texts.PutFileThere(path.AsName()));
    }

    // The system would look for an interpreter whose name ends in a carriage return, and say that the script itself is not found.
    private static bool HasWindowsLines(string file)
    {
        Span<byte> start = stackalloc byte[LongestFirstLine];
        try
        {
            using var script = File.OpenRead(file);
            start = start[..script.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // what may be run and not read is no script
        }

        return start.StartsWith("#!"u8) && start.IndexOf((byte)'\n') is > 0 and var end && start[end - 1] == '\r';
    }

    private Text? Why(string name) => !HookRules.IsName(name)
        ? Texts.RenameFile
        : TrustedProgram.Of(Path.Combine(path, name)) is { Why: { } why } ? why
        : HasWindowsLines(Path.Combine(path, name)) ? Texts.WindowsLineEnds : null;

    private Problem? Refusal() => !Directory.Exists(path)
        ? Problems.MachineNoHooksFolder(path.AsName())
        : TrustedPath.OfFolder(path).Why is { } why
            ? new Problem(Texts.HookDirectoryCannotUsed, why,
                Texts.LetAllFoldersAbove)
            : null;
}
