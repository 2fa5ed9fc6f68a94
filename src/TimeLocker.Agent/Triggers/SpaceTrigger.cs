using System.Globalization;
using System.Runtime.CompilerServices;
using TimeLocker.Agent.Platform;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Triggers;

namespace TimeLocker.Agent.Triggers;

/// <summary>A disk runs full. Once when it goes below the limit, again only after it was above.</summary>
public sealed class SpaceTrigger(TimeProvider clock) : IMachineTrigger
{
    public string Kind => "space";
    public Text Title => Texts.SpaceTitle;
    public Text Help => Texts.SpaceHelp;
    public IReadOnlyList<Field> Fields { get; } =
    [
        new("path", Texts.SpacePath, FieldType.Folder) { Required = true, Example = "/srv/backup" },
        new("below", Texts.Below)
        {
            Required = true,
            Example = "20 GiB",
            Pattern = "[0-9]{1,6} ?(GiB|MiB|%)",
            Help = Texts.BelowHelp,
        },
    ];

    internal TimeSpan Every { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>It has looked once more.</summary>
    internal Action Looked { get; init; } = () => { };

    public async IAsyncEnumerable<Firing> WatchAsync(FieldValues values, [EnumeratorCancellation] CancellationToken ct)
    {
        var (path, below) = (values["path"], values["below"]);
        for (var low = false; ; await Task.Delay(Every, clock, ct))
        {
            var (was, disk) = (low, Disk(path));
            low = disk.Free < Limit(below, disk.Size);
            Looked();
            if (low && !was)
            {
                yield return new(clock.GetUtcNow(),
                    Texts.OnlyFreeDisk(Checks.SpaceCheck.Size(disk.Free), path.AsName()))
                {
                    Later = true,
                };
            }
        }
    }

    /// <returns>Bytes.</returns>
    internal static double Limit(string below, long size)
    {
        var digits = below.TakeWhile(char.IsAsciiDigit).Count();
        var number = double.Parse(below.AsSpan(0, digits), CultureInfo.InvariantCulture);
        return below[digits..].Trim() switch { "%" => size * number / 100, "MiB" => number * (1 << 20), _ => number * (1 << 30) };
    }

    private static (long Free, long Size) Disk(string path)
    {
        try
        {
            var drive = Directory.Exists(path) ? new DriveInfo(path)
                : throw new DirectoryNotFoundException("There is no such folder.");
            return (drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(ProblemKind.Unavailable,
                new(Texts.FreeSpaceCannotSeen(path.AsName()), Text.Verbatim(e.Message.AsForeign()),
                    Texts.MountOrChooseAnother),
                e);
        }
    }
}
