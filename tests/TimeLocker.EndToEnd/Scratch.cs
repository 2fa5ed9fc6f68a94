using System.Security.Cryptography;

namespace TimeLocker.EndToEnd;

/// <summary>Files to be saved, below a server's temporary place.</summary>
public sealed class Scratch(string root)
{
    public string Root => root;

    public string In(string path) => Path.Combine(root, path);

    public string Write(string path, string content)
    {
        var full = In(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
        return full;
    }

    /// <summary>Bytes that neither compress nor repeat.</summary>
    public string WriteNoise(string path, int kilobytes)
    {
        var full = Write(path, "");
        File.WriteAllBytes(full, RandomNumberGenerator.GetBytes(kilobytes * 1024));
        return full;
    }

    /// <summary>A small home folder: nested, empty, binary, with names that people do use.</summary>
    public string Documents(string name)
    {
        Write($"{name}/letters/to anna.txt", "Dear Anna,\n");
        Write($"{name}/letters/2026/über „alles“.txt", "äöü €\n");
        Write($"{name}/empty.txt", "");
        WriteNoise($"{name}/photos/one.jpg", 300);
        WriteNoise($"{name}/photos/two.jpg", 40);
        Directory.CreateDirectory(In($"{name}/nothing here"));
        return In(name);
    }

    /// <summary>Every file and folder below with a hash of its bytes: equal for equal trees.</summary>
    public static IReadOnlyList<string> Fingerprint(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(e =>
                $"{Path.GetRelativePath(folder, e)} {(Directory.Exists(e) ? "/" : Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(e))))}")];
}
