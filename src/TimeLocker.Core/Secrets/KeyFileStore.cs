namespace TimeLocker.Core.Secrets;

/// <summary>
/// Keeps keys as files (0600) in a folder (0700) of the state directory. Who copies the whole state directory has the
/// keys, too.
/// </summary>
public sealed class KeyFileStore(string folder) : ISecretStore
{
    public const string StoreKind = "key-file";

    public string Kind => StoreKind;
    public Text Title => Texts.KeyFileTitle;
    public Text Means => Texts.KeyFileMeans;

    public Task<Text?> WhyNotAsync(CancellationToken ct) => Task.FromResult<Text?>(null);

    public async Task<byte[]?> FindAsync(string name, CancellationToken ct)
    {
        var file = FileOf(name);
        if (!File.Exists(file))
        {
            return null;
        }

        MustBePrivate(folder, "0700");
        MustBePrivate(file, "0600");
        return await File.ReadAllBytesAsync(file, ct);
    }

    public async Task SaveAsync(string name, byte[] value, CancellationToken ct)
    {
        PrivateFile.CreateFolder(folder);
        MustBePrivate(folder, "0700");
        await PrivateFile.WriteAsync(FileOf(name), value, ct);
    }

    public Task DeleteAsync(string name, CancellationToken ct)
    {
        if (File.Exists(FileOf(name)))
        {
            File.Delete(FileOf(name));
        }

        return Task.CompletedTask;
    }

    private string FileOf(string name) => Path.Combine(folder, Path.GetFileName(name) + ".key");

    private static void MustBePrivate(string path, string wanted)
    {
        if (FileOwner.Stranger(path) is { } owner)
        {
            throw new ProblemException(ProblemKind.Failed, Problems.KeyInNotUsed(path, owner, FileOwner.MyName));
        }

        if (PrivateFile.TooOpen(path) is { } mode)
        {
            throw new ProblemException(ProblemKind.Failed, Problems.KeyInNotUsedIf(path, mode, wanted));
        }
    }
}
