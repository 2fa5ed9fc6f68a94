using TimeLocker.Core;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Server.Secrets;

/// <summary>A place that can guard the key.</summary>
/// <param name="WhyNot">Null: it can be used here.</param>
/// <param name="HowToWrite">See <see cref="ISecretStore.HowToWrite"/>.</param>
public sealed record StoreFacts(string Kind, Text Title, Text Means, bool Current, string? WhyNot, string? HowToWrite);

/// <summary>Who guards the key to all stored secrets, and who could.</summary>
/// <param name="Kind">The store that guards the key to all secrets.</param>
public sealed record KeyFacts(string Kind, Text Title, Text Means, IReadOnlyList<StoreFacts> Stores);

/// <summary>Where the key to all secrets goes.</summary>
public sealed record NewStore
{
    public required string Kind { get; init; }

    /// <summary>For the store "passphrase": the one that every start will ask for.</summary>
    public Secret? Passphrase { get; init; }
}

/// <summary>The key to all secrets: who guards it, moving it, replacing it.</summary>
public sealed class SecretKeys(VaultKey key, IEnumerable<ISecretStore> stores)
{
    public async Task<KeyFacts> ShowAsync(Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var current = key.Store!;
        var all = await Task.WhenAll(stores.Select(async s => new StoreFacts(s.Kind, s.Title, s.Means, s == current,
            await s.WhyNotAsync(ct), s.HowToWrite)));
        return new(current.Kind, current.Title, current.Means, all);
    }

    /// <summary>
    /// Guards everything with another key in another store; with the passphrase store also: with another passphrase.
    /// </summary>
    public async Task<KeyFacts> MoveAsync(NewStore wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        if (wanted.Kind == PassphraseStore.StoreKind)
        {
            stores.OfType<PassphraseStore>().Single()
                .Choose(wanted.Passphrase ?? throw ProblemException.Invalid(Problems.PassphraseMissingKeyWill));
        }
        else if (wanted.Kind == key.Store!.Kind)
        {
            throw new ProblemException(ProblemKind.Conflict, Problems.KeyAlreadyGuardedChoose(key.Store.Title));
        }

        await key.ReplaceAsync(wanted.Kind, "secrets.store-moved", who, ct);
        return await ShowAsync(who, ct);
    }

    /// <summary>Another key in the same store.</summary>
    public async Task<KeyFacts> RotateAsync(Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        await key.ReplaceAsync(key.Store!.Kind, "secrets.key-rotated", who, ct);
        return await ShowAsync(who, ct);
    }
}
