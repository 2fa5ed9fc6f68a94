using System.Globalization;
using System.Text;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Processes;

namespace TimeLocker.Commands;

/// <summary>Unit files on this machine, and systemctl where it can be had.</summary>
internal static class SystemdUnits
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What a program needs to find the user's systemd, out of this process's own environment.</summary>
    internal static IReadOnlyDictionary<string,
        string> Environment
    { get; } = ((string[])["PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "XDG_RUNTIME_DIR",
            "XDG_CONFIG_HOME", "DBUS_SESSION_BUS_ADDRESS"])
        .Where(n => System.Environment.GetEnvironmentVariable(n) is not null).ToDictionary(n => n,
        n => System.Environment.GetEnvironmentVariable(n)!);

    public static string PathOf(SystemTimerTarget target, string ending) =>
        Path.Combine(Folder(target.System), $"{SystemTimerUnits.NameOf(target.PlanId)}.{ending}");

    /// <returns>What was done, for people.</returns>
    public static Text Write(SystemTimerTarget target)
    {
        var (timer, service) = (SystemTimerUnits.Timer(target), SystemTimerUnits.Service(target)); // both before either is written
        Directory.CreateDirectory(Folder(target.System));
        File.WriteAllText(PathOf(target, "service"), service);
        File.WriteAllText(PathOf(target, "timer"), timer);
        return Texts.WroteUnits(PathOf(target, "timer"));
    }

    /// <returns>That it runs, or the one command that a person has to enter.</returns>
    public static async Task<Text> EnableAsync(SystemTimerTarget target, CancellationToken ct)
    {
        var (name, user) = ($"{SystemTimerUnits.NameOf(target.PlanId)}.timer", target.System ? "" : "--user ");
        var why = await ControlAsync(target.System, ct, "daemon-reload")
            ?? await ControlAsync(target.System, ct, "enable", "--now", name);
        return why is null
            ? target.System ? Texts.TimerStarted : Text.Of(Texts.TimerStarted, Texts.NeedsLinger)
            : Texts.SystemdNotReached(why, $"systemctl {user}daemon-reload && systemctl {user}enable --now {name}");
    }

    /// <returns>The files that were removed.</returns>
    public static async Task<IReadOnlyList<string>> RemoveAsync(Guid plan, bool system, CancellationToken ct)
    {
        var files = ((string[])["timer",
            "service"]).Select(e => Path.Combine(Folder(system), $"{SystemTimerUnits.NameOf(plan)}.{e}"))
                .Where(File.Exists).ToList();
        if (files.Count > 0)
        {
            await ControlAsync(system, ct, "disable", "--now", $"{SystemTimerUnits.NameOf(plan)}.timer");
            files.ForEach(File.Delete);
            await ControlAsync(system, ct, "daemon-reload");
        }

        return files;
    }

    public static IEnumerable<(Guid Plan, string Where)> Installed() =>
        from system in (bool[])[false, true]
        where Directory.Exists(Folder(system))
        from file in Directory.EnumerateFiles(Folder(system), "timelocker-plan-*.timer")
        let plan = SystemTimerUnits.PlanOf(Path.GetFileName(file))
        where plan is not null
        select (plan.Value, file);

    /// <summary>The number of the user who owns a folder; null: root.</summary>
    public static async Task<uint?> OwnerAsync(string folder, CancellationToken ct)
    {
        var answer = await ChildProcess.RunAsync(new("stat", ["-c", "%u", "--", folder]) { Environment = Environment },
            Patience, 1024, ct);
        return uint.TryParse(Encoding.ASCII.GetString(answer.Output).Trim(), CultureInfo.InvariantCulture,
            out var owner) ? owner == 0 ? null : owner
            : throw new ProblemException(ProblemKind.Failed, Texts.OwnerCannotDetermined(folder),
                Text.Verbatim(answer.Errors.Trim()), Texts.CorrectData);
    }

    private static string Folder(bool system) => system ? "/etc/systemd/system"
        : Path.Combine(System.Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } config ? config
            : Path.Combine(System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile), ".config"),
            "systemd", "user");

    // Null when it worked, else what it said.
    private static async Task<string?> ControlAsync(bool system, CancellationToken ct, params string[] what)
    {
        var answer = await ChildProcess.RunAsync(new("systemctl",
            system ? what : ["--user", .. what])
        { Environment = Environment }, Patience, 64 * 1024, ct);
        return answer.ExitCode == 0 ? null : answer.Errors.Trim().Split('\n')[0] is { Length: > 0 } said ? said
            : Texts.SystemctlEnded(answer.ExitCode);
    }
}
