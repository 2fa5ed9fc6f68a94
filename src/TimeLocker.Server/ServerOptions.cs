using TimeLocker.Core.Secrets;

namespace TimeLocker.Server;

/// <summary>What is decided at start. Everything else is in the database.</summary>
public sealed record ServerOptions
{
    /// <summary>The state directory, absolute.</summary>
    public required string Data { get; init; }
    public int Port { get; init; } = 8484;

    /// <summary>Host names, besides those of the loopback, that browsers may use for this server (behind a named proxy).</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];
    public bool Demo { get; init; }

    /// <summary>
    /// Kind of the <c>ISecretStore</c> that guards the key-encryption key; used at the first start, recorded
    /// afterwards.
    /// </summary>
    public string SecretStore { get; init; } = KeyFileStore.StoreKind;

    /// <summary>Asks for the passphrase where that guards the key; true: a new one is chosen. Null: nobody can be asked.</summary>
    public Func<bool, CancellationToken, Task<Core.Secret>>? AskPassphrase { get; init; }

    /// <summary>Where plugins are, absolute; null: this start leaves them out.</summary>
    public string? Plugins { get; init; }

    public string Version { get; init; } = typeof(ServerOptions).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary>
    /// Reading so much of a database once takes less than a second; a larger one is looked at beside the running
    /// server.
    /// </summary>
    public long LookedAtBeforeStart { get; init; } = 64 << 20;

    public string DatabaseFile => Path.Combine(Data, "timelocker.db");
    public string Address => $"http://localhost:{Port}";
}
