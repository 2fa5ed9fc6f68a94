using System.Collections.Immutable;

namespace TimeLocker.Core.Secrets;

/// <summary>
/// Knows the secrets that are live and takes them out of texts that others may read: logs, messages, restic's own
/// words.
/// </summary>
public sealed class SecretFilter
{
    // Shorter ones would blacken half of every text, and are no secrets.
    private const int Shortest = 6;

    private ImmutableHashSet<string> known = [];

    /// <summary>Of a secret with several lines (a private key) each line counts: it may be quoted alone.</summary>
    public void Learn(string secret)
    {
        foreach (var line in secret.Split('\n', StringSplitOptions.TrimEntries)
            .Where(l => l.Length >= Shortest && !l.StartsWith("-----", StringComparison.Ordinal)))
        {
            ImmutableInterlocked.Update(ref known, set => set.Add(line));
        }
    }

    public void Learn(Secret secret) => Learn(secret.Reveal());

    public string Clean(string text)
    {
        foreach (var secret in known)
        {
            text = text.Replace(secret, "•••", StringComparison.Ordinal);
        }

        return text;
    }
}
