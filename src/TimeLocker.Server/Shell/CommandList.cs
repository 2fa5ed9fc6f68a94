using TimeLocker.Core;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Kit;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Shell;

/// <summary>One line of the command box: it leads somewhere, runs a plan, or (neither) signs out.</summary>
/// <param name="Title">What is done, or where it leads; the words people type are looked for here.</param>
public sealed record Command(string Title, string Kind, string Icon, string? Link = null, Guid? Plan = null);

/// <summary>What the command box finds. Only what this person may do; the desks check once more.</summary>
public sealed class CommandList(PlanCatalog plans, RepositoryCatalog repositories, AgentRegistry agents)
{
    public const int Most = 8;

    /// <summary>The best first.</summary>
    public async Task<IReadOnlyList<Command>> FindAsync(string typed, Actor who, CancellationToken ct = default)
    {
        var words = typed.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var found = Fixed(who).ToList();
        foreach (var part in Names(words))
        {
            found.AddRange(await NamedAsync(part, words.Length == 0 ? 3 : Most, who, ct));
        }

        return [.. found.Distinct().Where(c => words.All(w => c.Title.Contains(w, StringComparison.CurrentCultureIgnoreCase)))
            .OrderBy(c => words.Length == 0 ? Usual(c)
                : c.Title.StartsWith(words[0], StringComparison.CurrentCultureIgnoreCase) ? 0 : 1).Take(Most)];
    }

    // Before anything is typed: what the rail does not have.
    private static int Usual(Command command) => command switch
    { { Plan: not null } => 0,
        { Icon: "restore" or "plus" } => 1, { Link: null } => 3,
        _ => 2
    };

    // “run doc” is about the name “doc”; each word that could be a verb may also be a name.
    private static IEnumerable<string> Names(string[] words) =>
        words.Length == 0 ? [""] : words.OrderByDescending(w => w.Length).Take(3).Append("").Distinct();

    private IEnumerable<Command> Fixed(Actor who)
    {
        foreach (var page in Menu.For(who))
        {
            yield return new(page.Title, Texts.Page, page.Icon, page.Link);
        }

        if (who.Is(Role.Operator))
        {
            yield return new(Texts.NewPlan, Texts.Action, "plus", "plans/new");
        }

        if (who.Is(Role.Admin))
        {
            yield return new(Texts.AddRepository, Texts.Action, "plus", "repositories/new");
        }

        yield return new(Texts.SignOut, Texts.Action, "out");
    }

    private async Task<IEnumerable<Command>> NamedAsync(string part, int most, Actor who, CancellationToken ct)
    {
        List<Command> found = [];
        foreach (var plan in await plans.FindAsync(part, most, ct))
        {
            found.Add(new(plan.Name, Texts.Plan, "plan", $"plans/{plan.Id}"));
            if (who.Is(Role.Operator))
            {
                found.Add(new(Texts.RunNow(plan.Name), Texts.Action, "play", Plan: plan.Id));
            }
        }

        foreach (var place in await repositories.FindAsync(part, most, ct))
        {
            found.Add(new(place.Name, Texts.Repository, "repository", $"repositories/{place.Id}"));
            if (who.Is(Role.Operator))
            {
                found.Add(new(Texts.RestoreFrom(place.Name), Texts.Action, "restore", $"restore?repository={place.Id}"));
            }
        }

        found.AddRange((await agents.FindAsync(part, most,
            ct)).Select(m => new Command(m.Name, Texts.Machine, "machine", "machines")));
        return found;
    }
}
