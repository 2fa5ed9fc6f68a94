namespace TimeLocker.Core.Secrets;

/// <summary>A place outside the database that can keep the key-encryption key: a key file, the desktop's key-ring …</summary>
public interface ISecretStore
{
    string Kind { get; }
    string Title { get; }

    /// <summary>Null when it can be used here, else why not.</summary>
    Task<string?> WhyNotAsync(CancellationToken ct);
    Task<byte[]?> FindAsync(string name, CancellationToken ct);
    Task SaveAsync(string name, byte[] value, CancellationToken ct);
    Task DeleteAsync(string name, CancellationToken ct);
}
