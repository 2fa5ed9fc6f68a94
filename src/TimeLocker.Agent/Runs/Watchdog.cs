namespace TimeLocker.Agent.Runs;

/// <summary>restic tries a quarter of an hour and longer to reach a repository, once for each thing it wants. A run that gets nowhere for so long is over.</summary>
/// <param name="patience">How long restic may try again without anything having moved.</param>
internal sealed class Watchdog(TimeSpan patience, TimeProvider time)
{
    private long since;
    private object? last;

    /// <summary>Why the run was given up, in restic's words; null: it was not.</summary>
    public string? Reason { get; private set; }

    /// <param name="retrying">What restic tries again, or null.</param>
    /// <param name="moved">Another value whenever something moved.</param>
    public bool Bites(string? retrying, object? moved)
    {
        if (Reason is null && retrying is not null)
        {
            if (since == 0 || !Equals(moved, last))
            {
                (since, last) = (time.GetTimestamp(), moved);
            }

            Reason = time.GetElapsedTime(since) > patience ? retrying : null;
        }
        else if (retrying is null)
        {
            since = 0;
        }

        return Reason is not null;
    }

    public string Sentence(string cause) => $"For {Waited} nothing came through: {cause}";

    private string Waited => patience.TotalMinutes >= 2 ? $"{patience.TotalMinutes:0} minutes" : $"{patience.TotalSeconds:0} seconds";
}
