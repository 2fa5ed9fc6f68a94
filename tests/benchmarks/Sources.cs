namespace TimeLocker.Benchmarks;

/// <summary>Files to back up: always the same, made once, kept.</summary>
internal static class Sources
{
    private const int InAFolder = 100;

    /// <summary>Files of 4 MiB that do not compress.</summary>
    public static string Large(Bench bench, int mebibytes) =>
        Made(bench, $"large-{mebibytes}", folder => Fill(folder, mebibytes / 4, 4 << 20));

    /// <summary>Files of 1 KiB, a hundred in a folder.</summary>
    public static string Small(Bench bench) =>
        Made(bench, $"small-{bench.Scale.Files}", folder => Fill(folder, bench.Scale.Files, 1 << 10));

    /// <summary>Files of 64 KiB.</summary>
    public static string Middle(Bench bench) =>
        Made(bench, $"middle-{bench.Scale.Restored}", folder => Fill(folder, bench.Scale.Restored, 64 << 10));

    /// <summary>A few files, for runs whose content does not matter.</summary>
    public static string Tiny(Bench bench) => Made(bench, "tiny", folder => Fill(folder, 5, 4 << 10));

    private static string Made(Bench bench, string name, Action<string> fill)
    {
        var folder = Path.Combine(bench.Cache, "sources", name);
        if (!Directory.Exists(folder))
        {
            Report.Say($"making {folder}");
            var draft = folder + ".part";
            Directory.CreateDirectory(draft);
            fill(draft);
            Directory.Move(draft, folder);
        }

        return folder;
    }

    private static void Fill(string folder, int files, int size)
    {
        var random = new Random(1);
        var content = new byte[size];
        for (var i = 0; i < files; i++)
        {
            if (i % InAFolder == 0)
            {
                Directory.CreateDirectory(Path.Combine(folder, $"{i / InAFolder:0000}"));
            }

            random.NextBytes(content);
            File.WriteAllBytes(Path.Combine(folder, $"{i / InAFolder:0000}", $"{i:000000}.bin"), content);
        }
    }
}
