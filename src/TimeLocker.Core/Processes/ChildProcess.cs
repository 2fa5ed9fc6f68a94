using System.Diagnostics;
using System.Text;

namespace TimeLocker.Core.Processes;

/// <summary>
/// The only place that starts processes. Each gets a session and process group of its own, so that a signal reaches all
/// it started.
/// </summary>
public static class ChildProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // Handlers, not "ignore": the program inside keeps the default answer to signals, the wrapper lives on to write
    // down the exit code. The room for it is taken before the program starts: a disk that is full by then must not
    // swallow it.
    private const string Wrapper = """
        umask 077
        cd "$1" || exit 125
        shift
        trap : TERM INT HUP
        exec >>out 2>>err
        read -r stat <"/proc/$$/stat"
        read -r boot </proc/sys/kernel/random/boot_id
        printf '%s\n%s\n' "$stat" "$boot" >pid
        printf '    \n' >exit.new
        "$@"
        printf '%-4s\n' $? 1<>exit.new
        mv -f exit.new exit
        """;

    // The second secret comes first on the standard input; a here-document is a pipe, so it never lies on a disk.
    private const string WithSecond = """
        IFS= read -r second
        exec "$@" 3<<END
        $second
        END
        """;

    /// <summary>Runs to the end and keeps what it says.</summary>
    /// <param name="limit">After it the process group gets SIGTERM, then SIGKILL.</param>
    /// <param name="mostOutput">Bytes of standard output after which it is stopped.</param>
    public static async Task<ChildResult> RunAsync(ChildCommand command, TimeSpan limit, int mostOutput, CancellationToken ct)
    {
        await using var child = Start(command);
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(ct);
        clock.CancelAfter(limit);
        using var output = new MemoryStream();
        var truncated = false;
        try
        {
            var buffer = new byte[64 * 1024];
            for (int read; (read = await child.Output.ReadAsync(buffer, clock.Token)) > 0;)
            {
                truncated = output.Length + read > mostOutput;
                if (truncated)
                {
                    break;
                }

                output.Write(buffer, 0, read);
            }

            var exit = truncated ? await child.StopAsync() : await child.WaitAsync(clock.Token);
            return new ChildResult(exit, output.ToArray(), child.Errors, TimedOut: false, truncated);
        }
        catch (OperationCanceledException)
        {
            var exit = await child.StopAsync();
            ct.ThrowIfCancellationRequested();
            return new ChildResult(exit, output.ToArray(), child.Errors, TimedOut: true, truncated);
        }
    }

    /// <summary>Starts a program whose output is read as a stream. Disposing it stops the process group.</summary>
    public static StreamingChild Start(ChildCommand command)
    {
        var start = Describe(command, []);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        return new StreamingChild(Begin(start), Given(command), Patience);
    }

    /// <summary>
    /// Starts a program that outlives us. In <paramref name="directory"/> a wrapper keeps <c>pid</c> (stat line and
    /// boot id), <c>out</c>, <c>err</c>
    /// and, when all is over, <c>exit</c>, which appears whole or not at all.
    /// </summary>
    public static async Task<DetachedChild> StartDetachedAsync(ChildCommand command, string directory, CancellationToken ct)
    {
        var process = Begin(Describe(command, ["sh", "-c", Wrapper, "sh", directory]));
        var identity = ProcessIdentity.Of(process.Id);
        await GiveAsync(process, Given(command), ct);
        return new DetachedChild(identity, ExitAsync(process));
    }

    internal static async Task GiveAsync(Process process, ReadOnlyMemory<byte> input, CancellationToken ct)
    {
        try
        {
            await using var stdin = process.StandardInput.BaseStream;
            await stdin.WriteAsync(input, ct);
        }
        catch (IOException)
        {
            // It did not want to read; its exit code says why.
        }
    }

    private static ReadOnlyMemory<byte> Given(ChildCommand command) =>
        command.Second.IsEmpty ? command.Input
            : (byte[])[.. Encoding.UTF8.GetBytes(command.Second.Reveal() + "\n"), .. command.Input.Span];

    private static async Task ExitAsync(Process process)
    {
        using (process)
        {
            await process.WaitForExitAsync();
        }
    }

    private static ProcessStartInfo Describe(ChildCommand command, ReadOnlySpan<string> around)
    {
        var start = new ProcessStartInfo("setsid")
        {
            WorkingDirectory = command.WorkingDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
        };
        string[] second = command.Second.IsEmpty ? [] : ["sh", "-c", WithSecond, "sh"];
        foreach (var argument in (IEnumerable<string>)[.. around, .. second, command.Program, .. command.Arguments])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static Process Begin(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new ProblemException(ProblemKind.Unavailable,
                new Problem(Texts.ProgramCouldNotStarted, Text.Verbatim(e.Message.AsForeign()),
                    Texts.CheckSetsidUtilLinux),
                e);
        }
    }
}
