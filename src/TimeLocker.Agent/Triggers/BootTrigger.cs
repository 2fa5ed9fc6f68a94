using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Triggers;

namespace TimeLocker.Agent.Triggers;

/// <summary>The machine was started since TimeLocker last looked. Which boot was seen is kept in the agent's folder.</summary>
public sealed class BootTrigger(TimeProvider clock, string bootFile = "/proc/sys/kernel/random/boot_id") : IMachineTrigger
{
    // Whoever adds the event an hour after a boot does not mean that one.
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    private long begun;
    private bool booted;
    private DateTimeOffset bootedAt;

    public string Kind => "boot";
    public Text Title => Texts.BootTitle;
    public Text Help => Texts.BootHelp;
    public IReadOnlyList<Field> Fields { get; } =
    [
        new("afterSeconds", Texts.AfterSeconds, FieldType.Number)
        {
            Default = "60",
            Help = Texts.AfterSecondsHelp,
            Least = 0,
            Most = 86400,
        },
    ];

    public void Begin(string state)
    {
        begun = clock.GetTimestamp();
        var seen = Path.Combine(state, "boot-id");
        var boot = File.ReadAllText(bootFile).Trim();
        var before = File.Exists(seen) ? File.ReadAllText(seen).Trim() : boot;
        booted = before != boot;
        bootedAt = clock.GetUtcNow() - TimeSpan.FromMilliseconds(Environment.TickCount64);
        if (booted || !File.Exists(seen))
        {
            Note(seen, boot);
        }
    }

    // A full disk is no reason not to start: the boot is then seen once more at the next start.
    private static void Note(string seen, string boot)
    {
        try
        {
            PrivateFile.WriteAsync(seen, Encoding.ASCII.GetBytes(boot), CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (IOException)
        {
        }
    }

    public async IAsyncEnumerable<Firing> WatchAsync(FieldValues values, [EnumeratorCancellation] CancellationToken ct)
    {
        if (booted && clock.GetElapsedTime(begun) < Fresh)
        {
            await Task.Delay(TimeSpan.FromSeconds(FilesTrigger.Number(values, "afterSeconds", 60)), clock, ct);
            yield return new(bootedAt,
                Texts.MachineStarted(TextArgument.Of(TimeZoneInfo.ConvertTime(bootedAt, clock.LocalTimeZone),
                    "HH:mm")))
            { Later = true };
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, clock, ct);
    }
}
