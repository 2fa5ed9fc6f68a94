using TimeLocker.Core.Agents;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Schedules;

namespace TimeLocker.Server.Demo;

/// <summary>A small office that does not exist: its machines, repositories and plans.</summary>
internal static class DemoFleet
{
    private const long GiB = 1L << 30;

    private sealed record Computer(string Name, string System, string Home);

    private sealed record Place(string Name, string Path, int StoredGiB, int FreeGiB, bool Confirmed, string Region);

    /// <param name="Hour">When it runs each night, in local time.</param>
    internal sealed record Habit(string Name, string Machine, string Place, string[] Sources, int Files, double SizeGiB,
        double Hour, string[] Tags);

    private static readonly Computer[] Computers =
    [
        new("office-server", "Debian 12, x86-64", "/home/office"),
        new("anna-laptop", "Ubuntu 24.04, x86-64", "/home/anna"),
        new("ben-desktop", "Fedora 42, x86-64", "/home/ben"),
        new("reception", "Debian 12, x86-64", "/home/reception"),
        new("lab-workstation", "Ubuntu 22.04, x86-64", "/home/lab"),
        new("accounting", "Debian 12, x86-64", "/home/clara"),
        new("web-01", "Debian 12, arm64", "/home/deploy"),
        new("archive-box", "Debian 11, x86-64", "/home/archive"),
    ];

    private static readonly Place[] Places =
    [
        new("Office NAS", "/mnt/nas/backup/office", 842, 2610, true, "Office, server room"),
        new("Offsite vault", "/mnt/offsite/vault", 1730, 4120, true, "EU, Frankfurt"),
        new("USB disk, even weeks", "/media/usb-even/restic", 611, 289, true, ""),
        new("Lab store", "/mnt/lab/restic", 2240, 148, true, "Lab"),
        new("Long-term archive", "/mnt/archive/restic", 390, 1450, false, "Bank vault"),
    ];

    internal static readonly Habit[] Habits =
    [
        new("Documents of Anna", "anna-laptop", "Office NAS", ["/home/anna/Documents", "/home/anna/Pictures"], 48_211,
            61.4, 12.5, ["home"]),
        new("Ben's projects", "ben-desktop", "Office NAS", ["/home/ben/Projects"], 212_906, 38.2, 22.25, ["work"]),
        new("Reception", "reception", "Office NAS", ["/home/reception"], 9_804, 7.1, 20.0, []),
        new("Accounting", "accounting", "Offsite vault", ["/home/clara/Accounting", "/var/lib/ledger"], 31_450, 22.8,
            21.0, ["books", "7-years"]),
        new("Accounting, to USB", "accounting", "USB disk, even weeks", ["/home/clara/Accounting"], 30_988, 22.1, 6.5, ["books"]),
        new("Web server", "web-01", "Offsite vault", ["/srv/www", "/etc"], 88_240, 14.6, 2.0, ["web"]),
        new("Customer database", "web-01", "Offsite vault", ["/var/backups/postgres"], 64, 9.3, 3.25, ["database"]),
        new("Lab measurements", "lab-workstation", "Lab store", ["/data/measurements"], 402_117, 1480, 1.0, ["lab"]),
        new("Lab home folders", "lab-workstation", "Lab store", ["/home/lab"], 120_300, 210, 23.0, []),
        new("Mail", "office-server", "Office NAS", ["/var/mail", "/etc"], 301_552, 44.9, 4.0, ["mail"]),
        new("Media library", "office-server", "Offsite vault", ["/srv/media"], 18_940, 930, 5.0, ["media"]),
        new("Old contracts", "archive-box", "Long-term archive", ["/srv/contracts"], 15_022, 118, 0.5, ["7-years"]),
    ];

    public static IReadOnlyList<Machine> Machines(Guid local, DateTimeOffset now) => [.. Computers.Select((c, n) => new Machine
    {
        Id = n == 0 ? local : Guid.CreateVersion7(now.AddDays(-200).AddMinutes(n)),
        Name = c.Name,
        Host = c.Name,
        System = c.System,
        Home = c.Home,
        ResticVersion = n == 7 ? "0.18.1" : "0.19.1",
        SeenAt = now.AddSeconds(-20 * n),
    })];

    public static IReadOnlyList<Repository> Repositories(IReadOnlyList<Machine> machines, DateTimeOffset now)
    {
        Guid[] ids = [.. Places.Select((_, n) => Guid.CreateVersion7(now.AddDays(-190).AddMinutes(n)))];
        return [.. Places.Select((p, n) => Repository(p, ids[n], p.Name == "Long-term archive" ? ids[0] : null, machines, now))];
    }

    private static Repository Repository(Place p, Guid id, Guid? copyOf, IReadOnlyList<Machine> machines,
        DateTimeOffset now) => new()
        {
            Id = id,
            Name = p.Name,
            Backend = "local",
            Values = new() { ["path"] = p.Path },
            Machines =
        [
            .. machines.Where((m, n) => n == 0 || Habits.Any(h => h.Place == p.Name && h.Machine == m.Name))
                .Select((m, n) => new RepositoryReach
                {
                    RepositoryId = id,
                    MachineId = m.Id,
                    IsHome = n == 0,
                    Since = now.AddDays(-190).AddHours(n),
                }),
        ],
            CreatedAt = now.AddDays(-190),
            ResticId = DemoHistory.Hex($"repository {p.Path}"),
            RecoveryConfirmedAt = p.Confirmed ? now.AddDays(-189) : null,
            RefreshedAt = now.AddMinutes(-4),
            StoredBytes = p.StoredGiB * GiB,
            FreeBytes = p.FreeGiB * GiB,
            Region = p.Region,
            CopyOfId = copyOf,
            CopiedAt = copyOf is null ? null : now.AddDays(-9),
        };

    public static BackupPlan Plan(Habit habit, IReadOnlyList<Machine> machines, IReadOnlyList<Repository> repositories,
        DateTimeOffset now) => new()
        {
            Id = Guid.CreateVersion7(now.AddDays(-188)),
            Name = habit.Name,
            MachineId = machines.First(m => m.Name == habit.Machine).Id,
            RepositoryId = repositories.First(r => r.Name == habit.Place).Id,
            Sources = [.. habit.Sources],
            Options = new() { ExcludePresets = ["caches", "trash", "temporary"], Tags = [.. habit.Tags] },
            CreatedAt = now.AddDays(-188),
            Schedules = [new(new SchedulePreset(Rhythm.Daily, TimeOnly.FromTimeSpan(TimeSpan.FromHours(habit.Hour)),
            []).Cron, TimeZoneInfo.Local.Id) { DelayMinutes = 15 }],
            ScheduledUntil = now,
            TargetHours = 48,
        };

    /// <summary>Which disk of the office a source is on: what a long or short simulated run reads.</summary>
    public static (long Files, long Bytes) Extent(IReadOnlyList<string> sources) =>
        Habits.FirstOrDefault(h => sources.Any(h.Sources.Contains)) is { } habit
            ? (habit.Files, (long)(habit.SizeGiB * GiB)) : (4_210, 3 * GiB);
}
