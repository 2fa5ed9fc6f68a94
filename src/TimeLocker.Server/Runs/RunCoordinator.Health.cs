using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Runs;

/// <summary>Runs that keep a repository healthy. They have no plan; their title names the repository.</summary>
public sealed partial class RunCoordinator
{
    public async Task<Run> StartCheckAsync(Guid repository, NewCheck wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        if (wanted.Part is { } part && (wanted.Depth != CheckDepth.Part || part is < 1 or > Coverage.Parts))
        {
            throw ProblemException.Invalid("This part cannot be read.", $"The stored data is read in {Coverage.Parts} parts, and only by a check of the depth “part”.", $"Choose a part from 1 to {Coverage.Parts}, or none for the next one.");
        }

        var place = await repositories.GetAsync(repository, ct);
        var request = new CheckRequest(wanted.Depth, wanted.Depth == CheckDepth.Part ? wanted.Part ?? place.Health.Coverage.Next : 0);
        return await QueueAsync(NewHealthRun(RunKind.Check, "Check of", place, request, who, cause: wanted.Cause), who, ct);
    }

    /// <summary>Removes data that no snapshot needs.</summary>
    public async Task<Run> StartPruneAsync(Guid repository, NewPrune wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(wanted.DryRun ? Role.Operator : Role.Admin);
        if (wanted.MaxUnused is < 0 or > 100 || wanted.MaxRepackMiB is < 0)
        {
            throw ProblemException.Invalid("This limit makes no sense.", "Unused data is a share from 0 to 100 percent, and what is stored anew cannot be less than nothing.", "Correct it, or leave it out.");
        }

        if (!wanted.DryRun)
        {
            clockWatch.MustBeTrusted();
        }

        var place = Removable(await repositories.GetAsync(repository, ct), wanted.DryRun);
        return await QueueAsync(NewHealthRun(RunKind.Prune, "Prune of", place, new PruneRequest(wanted.MaxUnused, wanted.MaxRepackMiB, wanted.DryRun), who), who, ct);
    }

    /// <summary>Removes locks of programs that are gone.</summary>
    public async Task<Run> StartUnlockAsync(Guid repository, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        return await QueueAsync(NewHealthRun(RunKind.Unlock, "Unlock of", await repositories.GetAsync(repository, ct), new UnlockRequest(), who), who, ct);
    }

    public async Task<Run> StartRepairAsync(Guid repository, NewRepair wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(wanted.DryRun ? Role.Operator : Role.Admin);
        var place = Removable(await repositories.GetAsync(repository, ct), wanted.DryRun);
        var packs = wanted.Step != RepairStep.Packs ? [] : wanted.Packs.Count > 0 ? wanted.Packs : place.Health.Damage?.Packs ?? [];
        if (packs.FirstOrDefault(p => p.Length != 64 || !p.All(char.IsAsciiHexDigitLower)) is { } strange)
        {
            throw ProblemException.Invalid($"“{strange}” is no pack file.", "The id of a pack file is 64 digits from 0 to f.", "Take it from the result of a check.");
        }

        if (wanted.Step == RepairStep.Packs && packs.Count == 0)
        {
            throw ProblemException.Invalid("There is no pack file to repair.", "None was given, and no check has found a damaged one.", "Check the repository and all of its data first.");
        }

        return await QueueAsync(NewHealthRun(RunKind.Repair, "Repair of", place, new RepairRequest(wanted.Step, packs, wanted.DryRun), who), who, ct);
    }

    /// <summary>Brings a further copy up to date. The run is on the copy.</summary>
    public async Task<Run> StartCopyAsync(Guid source, NewCopy wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        var from = await repositories.GetAsync(source, ct);
        var copies = (await repositories.ListAsync(ct)).Where(r => r.CopyOfId == source).ToList();
        var to = wanted.To is { } id ? await repositories.GetAsync(id, ct) : copies is [var only] ? only
            : throw ProblemException.Invalid("Nothing says where to copy to.", copies.Count == 0 ? $"“{from.Name}” has no copy." : $"“{from.Name}” has {copies.Count} copies.", copies.Count == 0 ? "Add a repository as a copy of it first." : $"Choose from {string.Join(", ", copies.Select(c => c.Name))}.");
        if (to.CopyOfId != source || to.MachineId != from.MachineId)
        {
            throw new ProblemException(ProblemKind.Conflict, $"“{to.Name}” is no copy of “{from.Name}”.", to.CopyOfId == source ? "They are reached from different machines." : "It was not made as one: its data is cut in other pieces and would be stored twice.", "Add a new repository as a copy.");
        }

        return await QueueAsync(NewHealthRun(RunKind.Copy, $"Copy of {from.Name} to", to, new CopyRequest(source), who), who, ct);
    }

    /// <summary>Asks how large the repository is, for places that cannot be looked at.</summary>
    public async Task<Run> StartStatsAsync(Guid repository, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        return await QueueAsync(NewHealthRun(RunKind.Stats, "Size of", await repositories.GetAsync(repository, ct), new StatsRequest(), who), who, ct);
    }

    private static Repository Removable(Repository place, bool dryRun) => !place.AppendOnly || dryRun ? place
        : throw new ProblemException(ProblemKind.Conflict, $"Nothing can be removed from “{place.Name}”.", "Its server takes new data but lets nothing be removed (append-only).", "Do this where the storage is, with an account that may remove.");

    private Run NewHealthRun(RunKind kind, string verb, Repository place, RunRequest request, Actor who, RunSlot? slot = null, Guid? id = null, RunCause? cause = null) => new()
    {
        Id = id ?? Guid.CreateVersion7(clock.GetUtcNow()),
        Kind = kind,
        Cause = slot?.Cause ?? cause ?? (who.Via == Via.Ui ? RunCause.Person : RunCause.Api),
        Slot = slot?.At,
        NotBefore = slot?.NotBefore,
        RepositoryId = place.Id,
        MachineId = place.MachineId,
        Title = $"{verb} {place.Name}",
        RequestedBy = who.Id,
        Request = request,
        QueuedAt = clock.GetUtcNow(),
    };

    // restic takes an exclusive lock for check, prune and repair; a dry run takes none.
    private static IReadOnlyList<Use> Uses(Run run) => run.Request switch
    {
        BackupRequest => [new(run.RepositoryId, Turn.Write)],
        CheckRequest or PruneRequest { DryRun: false } or RepairRequest { DryRun: false } or ForgetRequest { DryRun: false } or TagRequest => [new(run.RepositoryId, Turn.Exclusive)],
        CopyRequest copy => [new(copy.From, Turn.Read), new(run.RepositoryId, Turn.Write)],
        _ => [new(run.RepositoryId, Turn.Read)],
    };

    private static bool ChangesSnapshots(Run run) => run is { StartedAt: not null, Request: CopyRequest or RepairRequest { Step: RepairStep.Snapshots, DryRun: false } or ForgetRequest { DryRun: false } or TagRequest };

    private async Task<RunSpec> HealthAsync(Run run, ResticTarget target, CancellationToken ct)
    {
        RunSpec spec = run.Request switch
        {
            CheckRequest check => new CheckSpec(check.Depth, check.Part) { RunId = run.Id, Target = target },
            PruneRequest prune => new PruneSpec(prune.MaxUnused, prune.MaxRepackMiB, prune.DryRun) { RunId = run.Id, Target = target },
            UnlockRequest => new UnlockSpec { RunId = run.Id, Target = target },
            RepairRequest repair => new RepairSpec(repair.Step, repair.Packs, repair.DryRun) { RunId = run.Id, Target = target },
            CopyRequest copy => await CopyAsync(run, copy, target, ct),
            StatsRequest => new StatsSpec { RunId = run.Id, Target = target },
            _ => await SnapshotSpecAsync(run, target, ct) ?? throw new InvalidOperationException($"no spec for {run.Request.GetType().Name}"),
        };
        return spec with { Expected = await LastTookAsync(run, ct) };
    }

    private async Task<TimeSpan?> LastTookAsync(Run run, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var last = await db.Runs.AsNoTracking().Where(r => r.RepositoryId == run.RepositoryId && r.Kind == run.Kind && r.Outcome == RunOutcome.Succeeded).OrderByDescending(r => r.Id).Take(20).ToListAsync(ct);
        return last.Where(r => r.DryRun == run.DryRun && Alike(r.Request, run.Request)).Select(r => r.EndedAt - r.StartedAt).FirstOrDefault();
    }

    private static bool Alike(RunRequest a, RunRequest b) => (a, b) switch
    {
        (CheckRequest one, CheckRequest other) => one.Depth == other.Depth,
        (RepairRequest one, RepairRequest other) => one.Step == other.Step,
        _ => true,
    };
}
