using TimeLocker.Core.Agents;
using TimeLocker.Core.Snapshots;

namespace TimeLocker.Server.Demo;

/// <summary>Folders and files that were never on any disk. The same path always shows the same.</summary>
internal static class DemoDisk
{
    private static readonly DateTimeOffset Base = new(2026, 3, 2, 9, 30, 0, TimeSpan.Zero);

    // Folder → its folders. What is not listed is filled with files by its name.
    private static readonly Dictionary<string, string[]> Folders = new()
    {
        ["/"] = ["data", "etc", "home", "srv", "var"],
        ["/home"] = ["anna", "archive", "ben", "clara", "deploy", "lab", "office", "reception"],
        ["/home/anna"] = ["Desktop", "Documents", "Downloads", "Music", "Pictures"],
        ["/home/office"] = ["Desktop", "Documents", "Downloads", "Music", "Pictures", "Videos"],
        ["/home/anna/Documents"] = ["Contracts", "Invoices", "Letters", "Minutes", "Taxes"],
        ["/home/anna/Pictures"] = ["2024", "2025", "2026"],
        ["/home/ben"] = ["Desktop", "Documents", "Projects"],
        ["/home/ben/Projects"] = ["catalogue", "intranet", "measure-tools", "website"],
        ["/home/clara"] = ["Accounting", "Documents"],
        ["/home/clara/Accounting"] = ["2023", "2024", "2025", "2026", "Templates"],
        ["/home/reception"] = ["Documents", "Scans"],
        ["/srv"] = ["contracts", "media", "www"],
        ["/srv/media"] = ["Audio", "Photos", "Video"],
        ["/data"] = ["measurements"],
        ["/data/measurements"] = [.. Enumerable.Range(1, 24).Select(n => $"series-{n:D3}")],
        ["/var"] = ["backups", "lib", "mail"],
        ["/var/backups"] = ["postgres"],
        ["/var/lib"] = ["ledger"],
    };

    private static readonly string[] Papers = ["Offer Meyer and Sons.odt", "Annual report.pdf", "Budget.ods",
        "Price list.xlsx", "Minutes.md", "Signed contract.pdf", "Photo of the entrance.jpg", "Notes.txt",
            "Presentation.odp", "Address list.csv"];

    public static SnapshotTree Tree(string path) =>
        new(DemoHistory.Hex($"tree {path}"),
            [.. Below(path)
                .Select(e => new TreeEntry(e.Name, e.Folder ? EntryKind.Folder : EntryKind.File, e.Size, e.At,
                    e.Folder ? 0b111_101_101 : 0b110_100_100,
                    e.Folder ? DemoHistory.Hex($"tree {Child(path, e.Name)}") : null, null))]);

    public static MachineFolder Folder(string path) =>
        new(path, path == "/" ? null : path.LastIndexOf('/') is var cut and > 0 ? path[..cut] : "/",
        [.. Below(path).Select(e => new MachineEntry(e.Name, Child(path, e.Name), e.Folder, e.Size, e.Name != "deploy"))], null);

    public static FolderSize Size(string path)
    {
        var seed = new Random(Seed(path));
        var files = seed.Next(40, 60_000);
        return new(files, files * seed.NextInt64(20_000, 900_000), files < 50_000);
    }

    private static IEnumerable<(string Name, bool Folder, long Size, DateTimeOffset At)> Below(string path)
    {
        var random = new Random(Seed(path));
        if (Folders.TryGetValue(path, out var folders))
        {
            foreach (var name in folders.Order(StringComparer.Ordinal))
            {
                yield return (name, true, 0, Base.AddMinutes(random.Next(260_000)));
            }

            if (path is "/" or "/home" or "/srv" or "/var")
            {
                yield break;
            }
        }

        var many = path.StartsWith("/data/measurements/", StringComparison.Ordinal);
        IEnumerable<string> files = path switch
        {
            _ when many => Enumerable.Range(0, 1200).Select(n => $"run-{n:D5}.h5"),
            "/srv/media/Photos" => Enumerable.Range(1, 640).Select(n => $"IMG_{n + 2000}.jpg"),
            "/var/backups/postgres" => Enumerable.Range(1, 28).Select(n => $"customers-2026-05-{n:D2}.dump"),
            _ when path.EndsWith("/Downloads", StringComparison.Ordinal) => [.. Papers, "invoice\u202Efdp.exe",
                "two\nlines.txt", " leading blank.txt"],
            _ => Papers.Where(_ => random.Next(4) > 0),
        };
        foreach (var name in files.Order(StringComparer.Ordinal))
        {
            yield return (name, false, random.NextInt64(900, many ? 90_000_000 : 6_000_000), Base.AddMinutes(random.Next(260_000)));
        }
    }

    private static string Child(string path, string name) => path == "/" ? $"/{name}" : $"{path}/{name}";

    // string.GetHashCode differs from start to start.
    private static int Seed(string path) => path.Aggregate(17, (hash, c) => unchecked((hash * 31) + c));
}
