using System.Text;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Agent.Restic;

/// <summary>What restic's standard error has said: JSON lines and text mixed.</summary>
internal sealed class ResticErrors
{
    private const string Retry = " returned error, retrying after ";
    private const int MostRemembered = 40, MostItems = 100_000;

    private readonly Action<RunIssue> issue;
    private readonly Action<string> log;
    private readonly HashSet<string> seen = [];
    private readonly Queue<string> texts = [];
    private bool unlockFailed;

    public ResticErrors(Action<RunIssue> issue, Action<string> log)
    {
        (this.issue, this.log) = (issue, log);
        Lines = new LineSplitter(Take);
        Program = new LineSplitter(line => Hear(ProgramPrefix + Encoding.UTF8.GetString(line)));
    }

    /// <summary>
    /// Before each line of the program whose output is saved. restic itself writes so, too: it starts it through env.
    /// </summary>
    public const string ProgramPrefix = "subprocess env: ";

    public LineSplitter Lines { get; }

    /// <summary>What the program whose output is saved says beside it.</summary>
    public LineSplitter Program { get; }
    public long Issues { get; private set; }

    /// <summary>What it said, the first and the last lines.</summary>
    public BoundedLines Said { get; } = new();

    /// <summary>The code and message of restic's last word; it goes beyond one line.</summary>
    public string? ExitMessage { get; private set; }

    /// <summary>The last backend error that is being retried, or null once it went well.</summary>
    public string? Retrying { get; private set; }

    /// <summary>How often a backend error was tried again.</summary>
    public long Tries { get; private set; }

    /// <summary>Why the repository takes no lock, although it can be reached; null: it does.</summary>
    public string? LockRefused { get; private set; }

    /// <summary>The repository could not be reached at the end, so restic's lock is still in it.</summary>
    public bool LeavesLock => Retrying is not null || unlockFailed;

    /// <summary>All that may tell why: restic's last word first, then the latest lines, newest first.</summary>
    public string Why => string.Join('\n', texts.Reverse().Prepend(ExitMessage ?? ""));

    private void Take(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            return;
        }

        var message = ResticMessage.Read(line);
        var text = message.Text ?? "";
        switch (message.Kind)
        {
            case MessageKind.Error when message.Item is { } item:
                Found(item, text);
                log($"{item}: {text}");
                break;
            case MessageKind.Exit:
                ExitMessage = text;
                log(text);
                break;
            default:
                Hear(text);
                break;
        }
    }

    private void Hear(string text)
    {
        Remember(text);
        log(text);
    }

    // An unreadable folder is reported twice, by the scan and by the backup.
    private void Found(string item, string text)
    {
        if (seen.Count >= MostItems || seen.Add(item))
        {
            Issues++;
            issue(new RunIssue(item, Core.Text.Verbatim(text.AsForeign())));
        }

        Remember(text);
    }

    private void Remember(string text)
    {
        // What is tried again once may be a moment's fault; where the server is away, nothing is said of the lock.
        if (text.StartsWith("Save(<lock/", StringComparison.Ordinal)
            && (text.Contains(">) failed: ", StringComparison.Ordinal)
                || (Retrying is not null && text.Contains(Retry, StringComparison.Ordinal)))
            && !NetworkProblems.IsAway(text))
        {
            LockRefused ??= ResticProblems.FirstLine(text);
        }

        if (text.Contains(Retry, StringComparison.Ordinal))
        {
            (Retrying, Tries) = (text, Tries + 1);
        }
        else if (text.Contains(" operation successful after ", StringComparison.Ordinal))
        {
            Retrying = null;
        }

        unlockFailed |= text.StartsWith("error while unlocking", StringComparison.Ordinal);
        var said = text.Length > 2000 ? text[..2000] : text;
        Said.Add(said);
        texts.Enqueue(said);
        if (texts.Count > MostRemembered)
        {
            texts.Dequeue();
        }
    }
}
