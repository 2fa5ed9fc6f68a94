using System.Runtime.CompilerServices;
using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Platform;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Triggers;

namespace TimeLocker.Agent.Triggers;

/// <summary>A disk was plugged in and mounted, or something was mounted at a folder.</summary>
public sealed class VolumeTrigger(TimeProvider clock) : IMachineTrigger
{
    public string Kind => "volume";
    public Text Title => Texts.VolumeTitle;
    public Text Help => Texts.VolumeHelp;
    public IReadOnlyList<Field> Fields { get; } =
    [
        new("volume", Texts.Volume)
        {
            Required = true,
            Example = "/media/backup",
            Pattern = "/.*|[0-9A-Fa-f-]{4,36}",
            Help = Texts.VolumeVolumeHelp,
        },
        new("mounted", Texts.VolumeMounted, FieldType.Flag) { Default = "true", Advanced = true, Help = Texts.MountedHelp },
    ];

    internal string Mounts { get; init; } = "/proc/self/mountinfo";
    internal string ById { get; init; } = "/dev/disk/by-uuid";

    /// <summary>Reading the list of mounts costs some ten microseconds.</summary>
    internal TimeSpan Every { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>It has looked once more.</summary>
    internal Action Looked { get; init; } = () => { };

    public async IAsyncEnumerable<Firing> WatchAsync(FieldValues values, [EnumeratorCancellation] CancellationToken ct)
    {
        var (volume, mounted) = (values["volume"], values.Flag("mounted"));
        for (var there = IsThere(volume, mounted); ; await Task.Delay(Every, clock, ct))
        {
            var was = there;
            there = IsThere(volume, mounted);
            Looked();
            if (there && !was)
            {
                yield return new(clock.GetUtcNow(),
                    volume.StartsWith('/') ? Texts.Mounted(volume.AsName()) : Texts.VolumeAppeared(volume));
            }
        }
    }

    private bool IsThere(string volume, bool mounted)
    {
        var all = Mount.All(Mounts);
        if (volume.StartsWith('/'))
        {
            var point = volume.Length > 1 ? volume.TrimEnd('/') : volume;
            return all.Any(m => m.Point == point);
        }

        var link = Path.Combine(ById, volume);
        return Path.Exists(link)
            && (!mounted
                || (File.ResolveLinkTarget(link, returnFinalTarget: true)?.FullName is { } device
                    && all.Any(m => m.Source == device)));
    }
}
