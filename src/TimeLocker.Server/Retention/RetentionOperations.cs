using TimeLocker.Core;
using TimeLocker.Core.Retention;
using TimeLocker.Server.Api;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;

namespace TimeLocker.Server.Retention;

public static class RetentionOperations
{
    /// <summary>Why it is done, for the audit trail.</summary>
    public sealed record NewReason(string? Reason = null);

    public static void Map(OperationMap map)
    {
        map.Get("retention.preview", "/plans/{id}/retention/preview", Role.Viewer,
            "What the plan's policy keeps today, with restic's reasons, and what goes when; with copy (a repository): in that copy.",
            (RetentionDesk desk, Guid id, Guid? copy, CancellationToken ct) => desk.PreviewAsync(id, null, copy, ct));
        map.Post("retention.try", "/plans/{id}/retention/preview", Role.Viewer, "The same for another policy, which is only tried.",
            (RetentionDesk desk, Guid id, Guid? copy, RetentionPolicy policy,
                CancellationToken ct) => desk.PreviewAsync(id, policy, copy, ct));
        map.Get("retention.calendar", "/plans/{id}/retention/calendar", Role.Viewer,
            "How many snapshots will exist on each day of the coming year; with a day, which.",
            (RetentionDesk desk, Guid id, DateOnly? day, CancellationToken ct) => desk.CalendarAsync(id, day, null, ct: ct));
        map.Put("retention.set", "/plans/{id}/retention", Role.Operator,
            "Gives a plan rules of its own, or a named policy; neither: everything stays. To keep less needs an Admin.",
            (RetentionDesk desk, Guid id, NewRetention retention, Actor who, CancellationToken ct) =>
                desk.SetAsync(id, retention, who.Having(retention.Revision), ct));
        map.Post("retention.apply", "/plans/{id}/retention/apply", Role.Admin,
            "Marks now what the policy does not keep; it goes when it has waited long enough.",
            async (RetentionDesk desk, Guid id, Guid? copy, NewReason? body, Actor who, CancellationToken ct) =>
            {
                await desk.ApplyAsync(id, body?.Reason ?? "by hand", who, copy, ct);
                return await desk.PreviewAsync(id, null, copy, ct);
            });
        map.Get("retention.pending", "/plans/{id}/retention/pending", Role.Viewer,
            "What waits for its removal, in the repository and its copies; with copy: there.",
            async (RetentionDesk desk, PlanCatalog plans, Guid id, Guid? copy,
                CancellationToken ct) =>
            {
                await plans.GetAsync(id,
                ct); return new Page<PendingRemoval>(await desk.PendingAsync(id, copy, ct), null);
            });
        map.Post("retention.keep", "/plans/{id}/retention/pending/{snapshot}/keep", Role.Operator,
            "Brings a snapshot back: it is pinned, and not marked again.",
            (RetentionDesk desk, Guid id, string snapshot, Guid? copy, NewReason? body, Actor who,
                CancellationToken ct) => desk.KeepAsync(id, snapshot, body?.Reason, who, copy, ct), 201);
        map.Put("retention.set-copy", "/repositories/{id}/retention", Role.Admin,
            "Says what stays in a copy: rules (policy), a named policy (policyId), everything; none of them: the same rules as in the original.",
            (RetentionDesk desk, Guid id, NewCopyRetention wanted, Actor who, CancellationToken ct) =>
                desk.SetCopyAsync(id, wanted, who.Having(wanted.Revision), ct));
        Policies(map);
        Pins(map);
        map.Post("snapshots.tag", "/repositories/{id}/snapshots/tags", Role.Operator,
            "Adds and removes tags of snapshots, or sets them; each gets a new id, its history stays. Answers with the run.",
            (TagRuns runs, Guid id, NewTags tags, Actor who, CancellationToken ct) => runs.StartAsync(id, tags, who, ct), 201);
        map.Post("plans.duplicate", "/plans/{id}/duplicate", Role.Operator, "Makes a plan like this one.",
            (PlanCatalog plans, Guid id, PlanCopies.NewName? copy, Actor who,
                CancellationToken ct) => plans.DuplicateAsync(id, copy?.Name, who, ct), 201);
    }

    private static void Policies(OperationMap map)
    {
        map.Get("policies.list", "/policies", Role.Viewer, "The policies with a name, and how many plans have them.",
            async (PolicyCatalog policies, CancellationToken ct) => new Page<PolicyUse>(await policies.ListAsync(ct), null));
        map.Get("policies.templates", "/policies/templates", Role.Viewer, "Policies to begin with.",
            () => new Page<PolicyTemplate>(PolicyTemplate.All, null));
        map.Post("policies.create", "/policies", Role.Operator, "Makes a policy.",
            (PolicyCatalog policies, NewPolicy wanted, Actor who, CancellationToken ct) => policies.CreateAsync(wanted,
                who, ct), 201);
        map.Get("policies.get", "/policies/{id}", Role.Viewer, "One policy.",
            (PolicyCatalog policies, Guid id, CancellationToken ct) => policies.GetAsync(id, ct));
        map.Put("policies.update", "/policies/{id}", Role.Operator,
            "Changes a policy for every plan that has it; takes it as a whole, with the revision that it was made "
                + "from. To keep less needs an Admin.",
            (PolicyCatalog policies, Guid id, NewPolicy wanted, Actor who, CancellationToken ct) =>
                policies.UpdateAsync(id, wanted, who.MustHaveSeen(Role.Operator, wanted.Revision), ct));
        map.Post("policies.duplicate", "/policies/{id}/duplicate", Role.Operator, "Makes a policy like this one.",
            (PolicyCatalog policies, Guid id, PlanCopies.NewName? copy, Actor who,
                CancellationToken ct) => policies.DuplicateAsync(id, copy?.Name, who, ct), 201);
        map.Delete("policies.delete", "/policies/{id}", Role.Operator, "Deletes a policy that no plan uses.",
            (PolicyCatalog policies, Guid id, int? revision, Actor who,
                CancellationToken ct) => policies.DeleteAsync(id, who.Having(revision), ct));
    }

    private static void Pins(OperationMap map)
    {
        map.Get("pins.list", "/pins", Role.Viewer, "Snapshots that no policy removes, and why.",
            async (PinCatalog pins, Guid? repository, Guid? plan,
                CancellationToken ct) => new Page<Pin>(await pins.ListAsync(repository, plan, ct), null));
        map.Post("pins.create", "/pins", Role.Operator, "Pins a snapshot, or all of a plan. A legal hold needs an Admin.",
            (PinCatalog pins, NewPin pin, Actor who, CancellationToken ct) => pins.PinAsync(pin, who, ct), 201);
        map.Post("pins.create-many", "/repositories/{id}/snapshots/pins", Role.Operator,
            "The same pin for several snapshots: all of them or none. A legal hold needs an Admin.",
            async (PinCatalog pins, Guid id, NewPins wanted, Actor who,
                CancellationToken ct) => new Page<Pin>(await pins.PinManyAsync(id, wanted, who, ct), null), 201);
        map.Delete("pins.delete", "/pins/{id}", Role.Operator, "Takes a pin away; a legal hold is released by an Admin alone.",
            (PinCatalog pins, Guid id, Actor who, CancellationToken ct) => pins.UnpinAsync(id, who, ct));
    }
}
