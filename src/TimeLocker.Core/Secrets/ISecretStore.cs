using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Secrets;

/// <summary>A place outside the database that can keep the key-encryption key: a key file, the desktop's key-ring …</summary>
public interface ISecretStore : IExtension
{
    IReadOnlyList<Field> IExtension.Fields => [];

    /// <summary>One sentence for people: what it protects from, and what it asks of them.</summary>
    Text Means { get; }

    /// <summary>
    /// Null: TimeLocker itself writes and deletes keys here. Else the command by which the owner of the system puts one
    /// there.
    /// </summary>
    string? HowToWrite => null;

    /// <summary>Null when it can be used here, else why not.</summary>
    Task<Text?> WhyNotAsync(CancellationToken ct);
    Task<byte[]?> FindAsync(string name, CancellationToken ct);

    /// <exception cref="ProblemException">it could not be written, or never can (<see cref="HowToWrite"/>).</exception>
    Task SaveAsync(string name, byte[] value, CancellationToken ct);
    Task DeleteAsync(string name, CancellationToken ct);
}
