using TimeLocker.Core;
using TimeLocker.Core.Triggers;
using TimeLocker.Server.Api;

namespace TimeLocker.Server.Triggers;

public static class TriggerOperations
{
    public static void Map(OperationMap map)
    {
        map.Get("triggers.list", "/triggers", Role.Viewer,
            "The kinds of events that can start a plan, with their fields: those of each machine that is connected, and those that TimeLocker itself sees.",
            async (TriggerDesk desk, CancellationToken ct) => new Page<TriggerKind>(await desk.KindsAsync(null, ct), null));
        map.Get("plans.triggers", "/plans/{id}/triggers", Role.Viewer,
            "The events of a plan: whether each is watched, what it last started, what is wrong with it.",
            async (TriggerDesk desk, Guid id, CancellationToken ct) => new Page<TriggerState>(await desk.OfAsync(id, ct), null));
        map.Post("plans.fire", "/plans/{id}/fire", Role.Operator,
            "Reports that something happened, and starts whatever the plan's “call” event starts. A body is not read; why=… says what happened, for people.",
            (TriggerDesk desk, Guid id, string? why, Actor who, CancellationToken ct) => desk.FireAsync(id,
                CallTrigger.Name, why ?? "", who, ct));
        map.Get("timers.list", "/timers", Role.Viewer,
            "The plans that systemd or cron starts: what their timers were told, when they last called, and whether they are out of date.",
            async (SystemTimers timers, CancellationToken ct) => new Page<TimerState>(await timers.ListAsync(ct), null));
        map.Put("plans.timer", "/plans/{id}/timer", Role.Operator,
            "Says that a timer of the system (kind systemd or cron) starts this plan; kind null: TimeLocker's own schedule again.",
            (SystemTimers timers, Guid id, NewTimer timer, Actor who, CancellationToken ct) => timers.SetAsync(id, timer, who, ct));
        map.Post("plans.timer-run", "/plans/{id}/timer/runs", Role.Operator,
            "The system's timer calls: answers the newest slot that has no run yet.",
            (SystemTimers timers, Guid id, Actor who, CancellationToken ct) => timers.CallAsync(id, who, ct), 201);
    }
}
