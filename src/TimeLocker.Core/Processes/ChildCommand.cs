namespace TimeLocker.Core.Processes;

/// <summary>A program to start. Its environment is exactly <see cref="Environment"/>; nothing is inherited.</summary>
/// <param name="Program">A name on PATH or an absolute path.</param>
public sealed record ChildCommand(string Program, IReadOnlyList<string> Arguments)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>Written to its standard input, which is then closed. Where a secret travels.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>A second secret, one line: the program reads it from <see cref="SecondInput"/>.</summary>
    public Secret Second { get; init; } = Secret.Empty;

    /// <summary>The file in which the program finds <see cref="Second"/>: a pipe, never a disk.</summary>
    public const string SecondInput = "/dev/fd/3";
}

/// <param name="ExitCode">128 + n after a signal n.</param>
/// <param name="Errors">Standard error, its middle left out when it is long.</param>
/// <param name="Truncated">It said more than was allowed and was stopped.</param>
public sealed record ChildResult(int ExitCode, byte[] Output, string Errors, bool TimedOut, bool Truncated);

/// <summary>A program that outlives us, and the moment its wrapper ends while we live.</summary>
public sealed record DetachedChild(ProcessIdentity? Identity, Task Exited);
