using TimeLocker.Core;
using TimeLocker.Core.Plans;

namespace TimeLocker.Server.Plans;

/// <summary>
/// A plan made from another one. It rests until somebody has looked at it: two plans would save the same at the same
/// time.
/// </summary>
public static class PlanCopies
{
    /// <summary>What the duplicate is called; without a name it gets one.</summary>
    public sealed record NewName(string? Name = null);

    /// <param name="name">Null: one is found ("Copy of …").</param>
    public static async Task<BackupPlan> DuplicateAsync(this PlanCatalog plans, Guid id, string? name, Actor who,
        CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        var plan = await plans.GetAsync(id, ct);
        var taken = (await plans.ListAsync(ct)).Select(p => p.Name).ToHashSet();
        return await plans.CreateAsync(NewPlan.From(plan) with { Name = name ?? Free($"Copy of {plan.Name}", taken) },
            PauseEnd.UntilSeen, who, ct);
    }

    /// <summary>This name, or with a number behind it.</summary>
    public static string Free(string name, IReadOnlySet<string> taken) =>
        Enumerable.Range(1, int.MaxValue).Select(n => n == 1 ? Cut(name, "") : Cut(name, $" ({n})")).First(n => !taken.Contains(n));

    // Never through the middle of a character.
    private static string Cut(string name, string tail)
    {
        var room = Label.Longest - tail.Length;
        return name.Length <= room ? name + tail
            : name[..(char.IsHighSurrogate(name[room - 1]) ? room - 1 : room)].TrimEnd() + tail;
    }
}
