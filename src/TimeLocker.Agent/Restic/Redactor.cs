using TimeLocker.Core.Repositories;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Agent.Restic;

/// <summary>Takes the secrets of one target out of texts that leave restic.</summary>
internal sealed class Redactor
{
    private readonly SecretFilter filter = new();

    public Redactor(ResticTarget target)
    {
        foreach (var secret in target.Environment.Values.Concat(target.Files.Values).Append(target.Password))
        {
            filter.Learn(secret);
        }
    }

    public string Clean(string text) => filter.Clean(text);
}
