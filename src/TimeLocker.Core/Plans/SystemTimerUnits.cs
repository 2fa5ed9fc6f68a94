using System.Globalization;
using TimeLocker.Core.Schedules;

namespace TimeLocker.Core.Plans;

/// <summary>What the system shall call, and as whom.</summary>
/// <param name="Program">Absolute path of the timelocker program.</param>
/// <param name="Data">The state directory whose server it asks.</param>
/// <param name="System">A unit of the system; false: of the user.</param>
public sealed record SystemTimerTarget(Guid PlanId, string PlanName, IReadOnlyList<Schedule> Schedules, string Program,
    string Data, bool System)
{
    /// <summary>For a unit of the system: number of the user it runs as; null: root.</summary>
    public uint? User { get; init; }

    /// <summary>Where .NET is, when it is not where everybody looks.</summary>
    public string? DotnetRoot { get; init; }
}

/// <summary>The text of systemd units and crontab lines for a plan. Pure: who writes them is elsewhere.</summary>
public static class SystemTimerUnits
{
    private const string Prefix = "timelocker-plan-";

    /// <summary>Without an ending. By id: a plan may get another name.</summary>
    public static string NameOf(Guid plan) => $"{Prefix}{plan:N}";

    /// <summary>The plan whose unit this is, or null.</summary>
    public static Guid? PlanOf(string file) =>
        file.StartsWith(Prefix, StringComparison.Ordinal)
            && Guid.TryParseExact(file[Prefix.Length..].Split('.')[0], "N", out var id) ? id : null;

    public static string Timer(SystemTimerTarget target)
    {
        var lines = Require(target).Select(s => $"OnCalendar={SystemTimerCalendar.OnCalendar(s)}").Distinct(StringComparer.Ordinal);
        var delay = target.Schedules.Max(s => s.DelayMinutes);
        return $"""
            # Written by “timelocker timers install”; “timelocker timers remove” takes it away.
            [Unit]
            Description=When TimeLocker backs up: {Plain(target.PlanName)}

            [Timer]
            {string.Join('\n', lines)}
            Persistent=true
            AccuracySec=1s
            {(delay > 0 ? string.Create(CultureInfo.InvariantCulture, $"RandomizedDelaySec={delay}min\nFixedRandomDelay=true\n") : "")}
            [Install]
            WantedBy=timers.target

            """;
    }

    public static string Service(SystemTimerTarget target) => $"""
        # Written by “timelocker timers install”; “timelocker timers remove” takes it away.
        [Unit]
        Description=TimeLocker backs up: {Plain(target.PlanName)}
        # A server that is still starting is asked again for an hour.
        StartLimitIntervalSec=2h
        StartLimitBurst=60

        [Service]
        Type=oneshot
        ExecStart={string.Join(' ', Call(target).Select(Quoted))}
        Restart=on-failure
        RestartPreventExitStatus=1 2 3 5 130
        RestartSec=60
        UMask=0077
        {(target.DotnetRoot is { } root ? $"Environment={Quoted($"DOTNET_ROOT={root}")}\n" : "")}{(target is { System: true, User: { } user } ? $"User={user}\n" : "")}
        # It only asks the server on this machine; the backup itself runs there.
        NoNewPrivileges=yes
        LockPersonality=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        RestrictNamespaces=yes
        RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        SystemCallFilter=~@privileged
        SystemCallErrorNumber=EPERM
        {(target.System ? OfTheSystem : "")}# MemoryDenyWriteExecute stays off: .NET compiles while it runs.

        """;

    // A user's own systemd may not be able to do these: they need name spaces, or root.
    private const string OfTheSystem = """
        ProtectSystem=strict
        ProtectHome=read-only
        PrivateTmp=yes
        PrivateDevices=yes
        ProtectClock=yes
        ProtectHostname=yes
        ProtectKernelLogs=yes
        ProtectKernelModules=yes
        ProtectKernelTunables=yes
        ProtectControlGroups=yes
        ProtectProc=invisible
        ProcSubset=pid
        CapabilityBoundingSet=CAP_DAC_READ_SEARCH
        IPAddressDeny=any
        IPAddressAllow=localhost

        """;

    /// <summary>The lines of one plan between its markers, ready to be put at the end of a crontab.</summary>
    /// <param name="machine">The zone that cron itself keeps.</param>
    /// <param name="knowsZones">This cron obeys CRON_TZ (cronie does, Debian's does not).</param>
    /// <exception cref="ProblemException">of kind Invalid: cron cannot say this.</exception>
    public static string Crontab(SystemTimerTarget target, string machine, bool knowsZones)
    {
        var command = string.Join(' ', Call(target).Select(ForShell)).Replace("%", "\\%", StringComparison.Ordinal);
        var root = target.DotnetRoot is { } dotnet
            ? $"DOTNET_ROOT={ForShell(dotnet).Replace("%", "\\%", StringComparison.Ordinal)} " : "";
        var lines = new List<string> { BeginOf(target.PlanId), $"# {Plain(target.PlanName)}" };
        foreach (var schedule in Require(target))
        {
            if (!knowsZones && !Alike(schedule.Zone, machine))
            {
                throw ProblemException.Invalid(Problems.CronCannotKeepTime(schedule.Zone, machine));
            }

            lines.AddRange(knowsZones ? [$"CRON_TZ={schedule.Zone}"] : []);
            lines.Add($"{SystemTimerCalendar.Crontab(schedule)} {root}{command} >/dev/null 2>&1");
        }

        lines.AddRange(knowsZones ? [$"CRON_TZ={machine}"] : []); // it counts for all lines that follow, also for those of others
        lines.Add(EndOf(target.PlanId));
        return string.Join('\n', lines) + "\n";
    }

    /// <summary>A crontab with a plan's lines put in, replaced or (null) taken out. All else stays as it is.</summary>
    public static string Edit(string crontab, Guid plan, string? lines)
    {
        var kept = new List<string>();
        var inside = false;
        foreach (var line in crontab.TrimEnd('\n').Split('\n'))
        {
            inside |= line == BeginOf(plan);
            if (!inside)
            {
                kept.Add(line);
            }

            inside &= line != EndOf(plan);
        }

        var others = string.Join('\n', kept).TrimEnd('\n');
        return (others.Length > 0 ? others + "\n" : "") + lines;
    }

    /// <summary>The plans that have lines in a crontab.</summary>
    public static IReadOnlyList<Guid> PlansIn(string crontab) =>
        [.. crontab.Split('\n').Where(l => l.StartsWith(Begin, StringComparison.Ordinal))
            .Select(l => Guid.TryParse(l[Begin.Length..].Trim(), out var id) ? id : Guid.Empty)
            .Where(id => id != Guid.Empty)];

    private const string Begin = "# BEGIN TimeLocker plan ", End = "# END TimeLocker plan ";

    private static string BeginOf(Guid plan) => Begin + plan;

    private static string EndOf(Guid plan) => End + plan;

    private static IReadOnlyList<Schedule> Require(SystemTimerTarget target) => target.Schedules.Count > 0 ? target.Schedules
        : throw ProblemException.Invalid(Problems.NoScheduleSystemsTimer(target.PlanName));

    // Etc/UTC and UTC are two names of one.
    private static bool Alike(string one, string other) => one == other || ZoneTime.Zone(one).HasSameRules(ZoneTime.Zone(other));

    private static string[] Call(SystemTimerTarget target) =>
        [target.Program, "backup", $"{target.PlanId}", "--from-timer", "--data", target.Data];

    // systemd: a word in quotes, as in C; % and $ are doubled.
    private static string Quoted(string word)
    {
        Require(word);
        var text = word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("%", "%%", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal);
        return text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.' or '=' or ',' or ':') ? text
            : $"\"{text}\"";
    }

    private static string ForShell(string word)
    {
        Require(word);
        return word.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.') ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    private static void Require(string word)
    {
        if (word.Any(char.IsControl))
        {
            throw ProblemException.Invalid(Problems.PathCannotWrittenInto);
        }
    }

    // A name is for people only; % would be a specifier, and a backslash at the end would take the next line with it.
    private static string Plain(string name) =>
        string.Concat(name.Where(c => !char.IsControl(c))).Replace("%", "%%", StringComparison.Ordinal).Replace('\\',
            '/');
}
