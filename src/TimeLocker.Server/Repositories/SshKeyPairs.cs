using System.Security.Cryptography;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Server.Repositories;

/// <summary>A new SSH key pair: how to refer to it, and its public half.</summary>
/// <param name="Id">Stands for the private key: <c>generated:ID</c> as the value of <c>privateKey</c>.</param>
public sealed record NewKeyPair(string Id, string PublicKey);

/// <summary>
/// Key pairs whose repository is not there yet. They are kept in memory alone: most forms are left again, and a key
/// that nobody used leaves no trace. A restart forgets them; then a new pair is made in a second.
/// </summary>
public sealed class SshKeyPairs
{
    private const string Prefix = "generated:";
    private const int Most = 50;

    private readonly Lock gate = new();
    private readonly List<(string Id, Secret Key)> pairs = [];

    public NewKeyPair Make()
    {
        var (id, pair) = (RandomNumberGenerator.GetHexString(32, lowercase: true), SshKeyPair.Generate());
        lock (gate)
        {
            pairs.Add((id, pair.PrivateKey));
            if (pairs.Count > Most)
            {
                pairs.RemoveAt(0);
            }
        }

        return new(id, pair.PublicKey);
    }

    /// <summary>Null for a value that is no such name.</summary>
    public Secret? Find(string value)
    {
        if (!value.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        lock (gate)
        {
            return pairs.Find(pair => pair.Id == value[Prefix.Length..]).Key
                ?? throw ProblemException.Invalid(Problems.KeyPairNotKnown);
        }
    }

    public void Forget(string value)
    {
        lock (gate)
        {
            pairs.RemoveAll(pair => value == Prefix + pair.Id);
        }
    }
}
