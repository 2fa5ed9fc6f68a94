using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Triggers;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Background;
using TimeLocker.Server.Data;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Triggers;

/// <summary>
/// Keeps one watch for each trigger of each plan, on the plan's machine or here. A watch that ends is begun again; what
/// cannot be watched says why on the plan's page and is tried again.
/// </summary>
public sealed class TriggerWatch(TriggerDesk desk, PlanCatalog plans, AgentRegistry agents,
    IEnumerable<IEventTrigger> own, RunFeed feed, TimeProvider clock, ILogger<TriggerWatch> log) : IBackgroundWork
{
    private readonly Dictionary<(Guid Plan, string Key), (CancellationTokenSource Cancel, Task Work)> watches = [];

    public TimeSpan Again { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A watch that was not refused within this time is one.</summary>
    private static TimeSpan Settled => TimeSpan.FromSeconds(1);

    public string Name => "events";

    public Text Does => Texts.TriggerWatchDoes;

    public void Begin(Action wake) => plans.Changed += wake;

    public Task EndAsync() => Task.WhenAll(watches.Values.Select(EndAsync).ToList());

    // A watch whose trigger is as before goes on: it may be waiting for quiet.
    public async Task<DateTimeOffset?> RunAsync(bool asked, CancellationToken ct)
    {
        var wanted =
            (await plans.ListAsync(ct)).SelectMany(plan =>
                plan.Triggers.Select(trigger => (Plan: plan, Trigger: trigger)))
                .ToDictionary(w => (w.Plan.Id, w.Trigger.Key));
        foreach (var gone in watches.Keys.Where(key => !wanted.ContainsKey(key)).ToList())
        {
            watches.Remove(gone, out var watch);
            await EndAsync(watch);
            desk.Forget(gone.Plan, gone.Key);
        }

        foreach (var (key, (plan, trigger)) in wanted.Where(w => !watches.ContainsKey(w.Key)))
        {
            var cancel = CancellationTokenSource.CreateLinkedTokenSource(ct);
            watches[key] = (cancel, Task.Run(() => KeepAsync(plan, trigger, cancel.Token), CancellationToken.None));
        }

        return null;
    }

    private static async Task EndAsync((CancellationTokenSource Cancel, Task Work) watch)
    {
        await watch.Cancel.CancelAsync();
        await watch.Work;
        watch.Cancel.Dispose();
    }

    [SuppressMessage("Design", "CA1031", Justification = "A fault of one event ends no other watch.")]
    private async Task KeepAsync(BackupPlan plan, PlanTrigger trigger, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var (begun, pause) = (clock.GetTimestamp(), (TimeSpan?)Again);
            try
            {
                await WatchAsync(plan, trigger, ct);
                desk.Say(plan, trigger, s => s with { Watching = false });
                pause = clock.GetElapsedTime(begun) < Settled ? Again : Settled; // the way to the machine broke
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (ProblemException problem)
            {
                desk.Say(plan, trigger, s => s with { Watching = false, Trouble = problem.Problem });
                pause = !IsOwn(trigger) && agents.IsAway(plan.MachineId) ? null : Again;
            }
            catch (Exception fault)
            {
                log.LogError(fault, "the event {Kind} of plan {Plan} ended by a fault", trigger.Kind, plan.Id);
                desk.Say(plan, trigger, s => s with
                {
                    Watching = false,
                    Trouble = Problems.EventNotWatchedText(fault.GetType().Name, fault.Message.AsForeign()),
                });
            }

            var wait = pause is { } time ? Task.Delay(time, clock, ct) : agents.UntilConnectedAsync(plan.MachineId, ct);
            await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool IsOwn(PlanTrigger trigger) => own.Any(k => k.Kind == trigger.Kind);

    private async Task WatchAsync(BackupPlan plan, PlanTrigger trigger, CancellationToken ct)
    {
        await using var firings = Firings(plan, trigger, ct).GetAsyncEnumerator(ct);
        for (var next = firings.MoveNextAsync().AsTask(); await SettleAsync(plan, trigger, next,
            ct); next = firings.MoveNextAsync().AsTask())
        {
            var firing = firings.Current;
            if (firing.OnlySays)
            {
                desk.Say(plan, trigger, s => s with { Says = firing.Why });
            }
            else
            {
                await CarryAsync(plan, trigger, firing, ct);
            }
        }
    }

    private IAsyncEnumerable<Firing> Firings(BackupPlan plan, PlanTrigger trigger, CancellationToken ct)
    {
        if (own.FirstOrDefault(k => k.Kind == trigger.Kind) is not { } kind)
        {
            return agents.Reach(plan.MachineId).ReadAsync(new WatchTrigger(trigger.Kind, trigger.Values), ct);
        }

        var values = new Dictionary<string, string>(trigger.Values)
        {
            [TriggerContext.Plan] = $"{plan.Id}",
            [TriggerContext.Repository] = $"{plan.RepositoryId}",
        };
        return kind.WatchAsync(new FieldValues(values), ct);
    }

    private async Task<bool> SettleAsync(BackupPlan plan, PlanTrigger trigger, Task<bool> next, CancellationToken ct)
    {
        if (await Task.WhenAny(next, Task.Delay(Settled, clock, ct)) != next)
        {
            desk.Say(plan, trigger, s => s with { Watching = true, Trouble = s.Watching ? s.Trouble : null });
        }

        return await next;
    }

    // What may not begin yet waits here; meanwhile the trigger joins what else happens into one.
    private async Task CarryAsync(BackupPlan plan, PlanTrigger trigger, Firing firing, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                var verdict = await desk.TryAsync(plan.Id, trigger.Key, firing, Actor.System, ct);
                if (verdict.Behind is { } going)
                {
                    await EndOfAsync(going, ct);
                }
                else if (verdict.NotBefore is { } at)
                {
                    await UntilAsync(at, ct);
                }
                else
                {
                    await (firing.Holds && verdict.Run is { } run ? EndOfAsync(run.Id, ct) : Task.CompletedTask);
                    return;
                }
            }
            catch (ProblemException problem)
            {
                desk.Say(plan, trigger, s => s with { Trouble = problem.Problem });
                if (!firing.Later || !WriteFailure.Is(problem))
                {
                    return;
                }

                await Task.Delay(Again, clock, ct); // a full disk is no reason to forget what still matters
            }
        }
    }

    // In short steps: a pause may be lifted, and a machine that slept wakes up late.
    private async Task UntilAsync(DateTimeOffset at, CancellationToken ct)
    {
        var left = at - clock.GetUtcNow();
        await Task.Delay(left > Again ? Again : left > TimeSpan.Zero ? left + TimeSpan.FromMilliseconds(5)
            : TimeSpan.FromMilliseconds(5), clock, ct);
    }

    private async Task EndOfAsync(Guid id, CancellationToken ct)
    {
        using var watch = feed.Watch();
        if (feed.Current(id) is null)
        {
            return;
        }

        await foreach (var run in watch.ReadAsync(ct))
        {
            if (run.Id == id && run.HasEnded)
            {
                return;
            }
        }
    }
}
