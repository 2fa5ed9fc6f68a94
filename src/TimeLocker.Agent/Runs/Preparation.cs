using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Platform;
using TimeLocker.Agent.Probes;
using TimeLocker.Agent.Restic;
using TimeLocker.Agent.Runs.Jobs;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Runs;

/// <summary>
/// What happens before restic is started: the checks, one after the other, then what the kind of run itself prepares.
/// </summary>
internal sealed class Preparation(RunFolder folder, ResticProgram program, ResticProcess restic, HostPaths hostPaths,
    TimeProvider time)
{
    /// <summary>Before anything happens on the machine, its hooks included.</summary>
    private static readonly ICheck[] First = [new PowerCheck(), new MeteredCheck()];

    /// <summary>In this order. A check that has nothing to look at says nothing.</summary>
    private static readonly ICheck[] All =
    [
        new VersionCheck(), new ClockCheck(), new CacheCheck(), new MountCheck(), new CredentialsCheck(),
        new IdentityCheck(), new AccessCheck(), new LockCheck(), new CommandCheck(), new SourcesCheck(),
        new ShrunkenCheck(), new DiskCheck(), new TargetCheck(),
        SpaceCheck.OfRepository, SpaceCheck.OfTarget, SpaceCheck.OfCache, new PriorityCheck(),
    ];

    private readonly OwnFiles own = new(folder.State, hostPaths.HookFolder);
    private readonly Lock gate = new();
    private readonly List<RunCheck> checks = [];
    private Inspection? run;
    private string? looking;

    public RunFolder Folder => folder;

    /// <summary>What the checks found, for the job.</summary>
    public Inspection Run => run ?? throw new InvalidOperationException("Nothing was looked at yet.");

    public IReadOnlyList<RunCheck> Checks
    {
        get
        {
            lock (gate)
            {
                return [.. checks];
            }
        }
    }

    /// <returns>Why the run is left out, or null.</returns>
    public async Task<Problem?> MayBeginAsync(RunSpec spec, Job job, CancellationToken ct)
    {
        run = new Inspection
        {
            Spec = spec,
            Writes = job.Writes,
            MayGoWithoutLock = job.GoesWithoutLock && spec is not CopySpec,
            Program = program,
            Restic = restic,
            HostPaths = hostPaths,
            Time = time,
            Own = own,
        };
        foreach (var check in First)
        {
            if (await LookAsync(check, run, ct) is { Skip: { } why })
            {
                return why;
            }
        }

        return null;
    }

    /// <exception cref="ProblemException">A check failed: restic is not started.</exception>
    public async Task<RunFacts?> LookAsync(Job job, CancellationToken ct)
    {
        foreach (var check in All)
        {
            await LookAsync(check, Run, ct);
        }

        return job.Unhurried ? null : await job.PrepareAsync(this, ct);
    }

    private async Task<Finding?> LookAsync(ICheck check, Inspection at, CancellationToken ct)
    {
        looking = check.Name;
        try
        {
            var found = await check.LookAsync(at, ct);
            Say(check.Name, found?.Text, found?.Level ?? CheckLevel.Ok);
            looking = null;
            return found;
        }
        catch (ProblemException e)
        {
            Say(check.Name, Text.Of(e.Problem.What, e.Problem.Why), CheckLevel.Failed);
            throw;
        }
    }

    /// <summary>It took too long: the check that still looks is the one that failed.</summary>
    public void GiveUp() => Say(looking ?? "", looking is null ? null : Texts.NoAnswer, CheckLevel.Failed);

    public RunFacts Facts(ResticTarget target, IReadOnlyList<string> arguments) =>
        ResticAttempt.First(Run.Spec, target, Run.WithoutLock ? ResticArguments.WithoutLock(arguments) : arguments, time) with
        {
            WithoutLock = Run.WithoutLock,
            ResticVersion = program.Version.ToString(),
            StartedAt = time.GetUtcNow(),
            Checks = Checks,
            Config = Run.Config,
            Mount = target.Folder is { } path ? FolderRepository.Mount(path) : null,
        };

    public void Say(string name, Text? text, CheckLevel level = CheckLevel.Ok)
    {
        if (text is not null)
        {
            lock (gate)
            {
                checks.Add(new RunCheck(name, level, text));
            }
        }
    }

    /// <summary>Removes locks of programs that are gone: they would keep out whoever needs the repository alone.</summary>
    public async Task RemoveStaleLocksAsync(ResticTarget target)
    {
        if (Run.WithoutLock)
        {
            return;
        }

        try
        {
            await restic.UnlockAsync(target);
        }
        catch (ProblemException e)
        {
            Say("lock", Texts.StaleLocksStay(e.Problem.Why), CheckLevel.Warning);
        }
    }

    public ResticQueries Ask => new(restic);

    public Task<RestoreSurvey> SurveyAsync(RestoreSpec spec, RestoreSelection selection, CancellationToken ct) =>
        RestoreSurvey.MakeAsync(spec, selection, new ResticListing(restic), ct);

    /// <summary>What restic needs of a second repository, which this run reads.</summary>
    public async Task LookAtSourceAsync(ResticTarget from, CancellationToken ct)
    {
        var source = new Inspection
        {
            Spec = new StatsSpec { RunId = Run.Spec.RunId, Target = from },
            Writes = false,
            MayGoWithoutLock = true,
            Program = program,
            Restic = restic,
            HostPaths = hostPaths,
            Time = time,
            Own = own,
        };
        foreach (var check in (ICheck[])[new MountCheck(), new CredentialsCheck(), new IdentityCheck(),
            new AccessCheck(), new LockCheck()])
        {
            await LookAsync(check, source, ct);
        }

        Run.WithoutLock |= source.WithoutLock;
    }
}
