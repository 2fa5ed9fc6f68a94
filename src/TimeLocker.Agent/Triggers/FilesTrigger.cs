using System.Globalization;
using System.Runtime.CompilerServices;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Triggers;

namespace TimeLocker.Agent.Triggers;

/// <summary>Files below a folder changed, and then nothing changed for a while.</summary>
public sealed class FilesTrigger(TimeProvider clock) : IMachineTrigger
{
    public string Kind => "files";
    public Text Title => Texts.FilesTitle;
    public Text Help => Texts.FilesHelp;
    public IReadOnlyList<Field> Fields { get; } =
    [
        new("path", Texts.Path, FieldType.Folder) { Required = true, Example = "/home/anna/Documents" },
        new("quietSeconds", Texts.QuietSeconds, FieldType.Number)
        {
            Default = "60",
            Help = Texts.QuietSecondsHelp,
            Least = 1,
            Most = 86400,
        },
        new("mostMinutes", Texts.MostMinutes, FieldType.Number)
        {
            Default = "30",
            Advanced = true,
            Help = Texts.MostMinutesHelp,
            Least = 1,
            Most = 10080,
        },
    ];

    /// <summary>False: never ask the system to tell, always look. How often it looks.</summary>
    internal bool Listens { get; init; } = true;
    internal TimeSpan Every { get; init; } = TimeSpan.FromMinutes(5);

    public async IAsyncEnumerable<Firing> WatchAsync(FieldValues values, [EnumeratorCancellation] CancellationToken ct)
    {
        var (path, quiet, most) = (values["path"], TimeSpan.FromSeconds(Number(values, "quietSeconds", 60)),
            TimeSpan.FromMinutes(Number(values, "mostMinutes", 30)));
        using var eye = new FolderWatcher(path, clock, Listens) { Every = Every };
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watch = Task.Run(() => eye.KeepWatchAsync(ending.Token), CancellationToken.None);
        var said = (string?)null;
        try
        {
            while (true)
            {
                var change = eye.Changed.WaitAsync(TimeSpan.FromSeconds(2), clock, ct);
                if (await Task.WhenAny(watch, change) == watch)
                {
                    await watch; // it ended: with its problem
                }

                if (eye.Looks is { } reason && reason.Full != said)
                {
                    said = reason.Full;
                    yield return new(clock.GetUtcNow(),
                        Texts.LooksEveryMinutesInstead(TextArgument.Of(Every.TotalMinutes, "0"),
                            reason))
                    { OnlySays = true };
                }

                if (await change)
                {
                    await QuietAsync(eye.Changed, quiet, most, ct);
                    yield return new(clock.GetUtcNow(), Texts.FilesInChanged(path.AsName())) { Later = true };
                }
            }
        }
        finally
        {
            await ending.CancelAsync();
            await watch.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    private async Task QuietAsync(Signal changed, TimeSpan quiet, TimeSpan most, CancellationToken ct)
    {
        var since = clock.GetTimestamp();
        for (var left = most; left > TimeSpan.Zero
            && await changed.WaitAsync(left < quiet ? left : quiet, clock, ct); left = most
            - clock.GetElapsedTime(since))
        {
        }
    }

    internal static long Number(FieldValues values, string name, long usual) =>
        long.TryParse(values[name], NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : usual;
}
