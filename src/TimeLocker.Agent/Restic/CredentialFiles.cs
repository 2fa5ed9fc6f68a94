using TimeLocker.Core;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Restic;

/// <summary>
/// The files that reaching a repository needs (a private key, a certificate), in a folder of their own, mode 0600.
/// Nothing is made where none is needed.
/// </summary>
internal sealed class CredentialFiles(string path) : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Path => path;

    public static CredentialFiles Write(string folder, ResticTarget target)
    {
        foreach (var (name, content) in target.Files)
        {
            Directory.CreateDirectory(folder, Private | UnixFileMode.UserExecute);
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = Private };
            using var writer = new StreamWriter(System.IO.Path.Combine(folder, System.IO.Path.GetFileName(name)), options);
            writer.Write(content.Reveal());
        }

        return new CredentialFiles(folder);
    }

    public void Dispose() => PrivateFile.DeleteFolder(path);
}
