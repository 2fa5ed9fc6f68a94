using TimeLocker.Core;

namespace TimeLocker.Agent.Runs;

/// <summary>
/// restic tries a quarter of an hour and longer to reach a repository, once for each thing it wants. A run that gets
/// nowhere for so long is over.
/// </summary>
/// <param name="patience">How long restic may try again without anything having moved.</param>
internal sealed class Watchdog(TimeSpan patience, TimeProvider time)
{
    private long since, seen;
    private object? last;

    /// <summary>Why the run was given up, in restic's words; null: it was not.</summary>
    public string? Reason { get; private set; }

    /// <param name="retrying">What restic tries again, or null.</param>
    /// <param name="tries">How often it has said so. Only a new failure counts: between two of them it may be sending,
    /// slowly.</param>
    /// <param name="moved">Another value whenever something moved.</param>
    public bool Bites(string? retrying, long tries, object? moved)
    {
        if (retrying is null)
        {
            since = 0;
        }
        else if (tries != seen)
        {
            var first = since == 0 || !Equals(moved, last);
            since = first ? time.GetTimestamp() : since;
            (seen, last) = (tries, moved);
            Reason ??= !first && time.GetElapsedTime(since) > patience ? retrying : null;
        }

        return Reason is not null;
    }

    public Text Why(Text cause) => patience.TotalMinutes >= 2
        ? Texts.GotNoAnswerMinutes(TextArgument.Of(patience.TotalMinutes, "0"), cause)
        : Texts.GotNoAnswerSeconds(TextArgument.Of(patience.TotalSeconds, "0"), cause);
}
