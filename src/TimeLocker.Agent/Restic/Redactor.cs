using TimeLocker.Core.Repositories;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Agent.Restic;

/// <summary>Takes the secrets of the targets out of texts that leave restic.</summary>
internal sealed class Redactor
{
    private readonly SecretFilter filter = new();

    public Redactor(params IEnumerable<ResticTarget> targets)
    {
        foreach (var secret in targets.SelectMany(target => target.Environment.Values.Concat(target.Files.Values)
            .Append(target.Password)))
        {
            filter.Learn(secret);
        }
    }

    public string Clean(string text) => filter.Clean(text);
}
