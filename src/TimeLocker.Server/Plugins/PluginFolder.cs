using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using TimeLocker.Core;

namespace TimeLocker.Server.Plugins;

/// <summary>A plugin as it lies on the disk, read once: what is loaded is what the hash was made of.</summary>
/// <param name="Hash">What <c>find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum</c> says in its folder;
/// empty: it was not read.</param>
/// <param name="Files">By path below the plugin's folder.</param>
/// <param name="Why">Why it cannot be used as it is; null: it can.</param>
public sealed record PluginFiles(string Name, string Hash, IReadOnlyDictionary<string, byte[]> Files, Text? Why);

/// <summary>
/// The folder where the machine's admin puts plugins: a folder each, with an assembly of the same name in it. Nobody
/// else can write there.
/// </summary>
public sealed partial class PluginFolder(string path)
{
    public const string Usual = "/etc/timelocker/plugins";
    private const int MostFiles = 500;
    private const long MostBytes = 64 << 20;

    public string Path => path;

    /// <summary>Nothing is there, not even the folder: no plugins, and nothing to say.</summary>
    public bool IsEmpty => !Directory.Exists(path) || !Names().Any();

    /// <summary>Why nothing in it can be used; null: it is not there, or all is well.</summary>
    public Problem? Refusal() => Directory.Exists(path) && TrustedPath.OfFolder(path).Why is { } why
        ? new Problem(Texts.FolderPluginsCannotUsed, why, Texts.LetAllFoldersAbove)
        : null;

    public IReadOnlyList<PluginFiles> Read() => Refusal() is not null || IsEmpty ? [] : [.. Names().Select(Read)];

    /// <summary>One of them; null: there is none of this name.</summary>
    public PluginFiles? Find(string name) => Refusal() is null && !IsEmpty && Names().Contains(name) ? Read(name) : null;

    private IEnumerable<string> Names() =>
        Directory.EnumerateDirectories(path).Select(folder => System.IO.Path.GetFileName(folder))
            .Where(name => name[0] != '.').Order(StringComparer.Ordinal);

    private PluginFiles Read(string name)
    {
        try
        {
            var (files, why) = (new SortedDictionary<string, byte[]>(StringComparer.Ordinal), WhyNot(name));
            why ??= Take(System.IO.Path.Combine(path, name), "", files);
            return why is not null ? new(name, "", new Dictionary<string, byte[]>(), why)
                : new(name, HashOf(files), files, files.ContainsKey($"{name}.dll") ? null : Texts.NoAssembly(name));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new(name, "", new Dictionary<string, byte[]>(), Texts.Unreadable(fault.Message.AsForeign()));
        }
    }

    private static Text? WhyNot(string name) => !PlainName().IsMatch(name) ? Texts.OddName : null;

    // Every step is looked at: a link, or a file that others may write, could become something else than what was allowed.
    private static Text? Take(string folder, string below, SortedDictionary<string, byte[]> files)
    {
        if (TrustedPath.OfFolder(folder).Why is { } untrusted)
        {
            return untrusted;
        }

        if (new DirectoryInfo(folder).LinkTarget is not null)
        {
            return Texts.FolderIsLink(folder.AsName());
        }

        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            var why = !PlainName().IsMatch(entry.Name) ? Texts.OddFileName(entry.FullName.AsName())
                : entry.LinkTarget is not null ? Texts.FileIsLink(entry.FullName.AsName())
                : entry is DirectoryInfo ? Take(entry.FullName, $"{below}{entry.Name}/", files)
                : TrustedPath.OfFile(entry.FullName).Why is { } open ? open
                : files.Count >= MostFiles
                    || files.Values.Sum(f => (long)f.Length) + ((FileInfo)entry).Length > MostBytes
                    ? Texts.TooLarge(MostFiles, MostBytes >> 20)
                : null;
            if (why is not null)
            {
                return why;
            }

            if (entry is FileInfo)
            {
                files[below + entry.Name] = File.ReadAllBytes(entry.FullName);
            }
        }

        return null;
    }

    private static string HashOf(SortedDictionary<string, byte[]> files)
    {
        var lines = new StringBuilder();
        foreach (var (name, bytes) in files)
        {
            lines.Append(Convert.ToHexStringLower(SHA256.HashData(bytes))).Append("  ./").Append(name).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines.ToString())));
    }

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\z")]
    private static partial Regex PlainName();
}
