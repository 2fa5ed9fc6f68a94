using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Restic;

/// <summary>Takes the secrets of the targets out of texts that leave restic.</summary>
internal sealed class Redactor(params IEnumerable<ResticTarget> targets)
{
    private readonly string[] secrets = [.. targets.SelectMany(target => target.Environment.Values.Append(target.Password)).Select(s => s.Reveal()).Where(s => s.Length >= 6)];

    public string Clean(string text)
    {
        foreach (var secret in secrets)
        {
            text = text.Replace(secret, "•••", StringComparison.Ordinal);
        }

        return text;
    }
}
