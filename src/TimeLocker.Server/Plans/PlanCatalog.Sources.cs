using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Plans;

public sealed partial class PlanCatalog
{
    /// <summary>A dead share must not keep a plan from being saved; its runs look again.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(2);

    /// <summary>Refuses new sources of which the machine knows at once that they can never be saved.</summary>
    /// <param name="known">What the plan has already stays: its runs say what is wrong.</param>
    private async Task RefuseAsync(Guid machine, IReadOnlyList<string> sources, IReadOnlyList<string> known, CancellationToken ct)
    {
        IReadOnlyList<string> fresh = [.. sources.Except(known).Where(source => source.StartsWith('/'))];
        if (fresh.Count > 0 && await AskAsync(machine, fresh, ct) is [var issue, ..])
        {
            throw ProblemException.Invalid(Texts.PlanCannotSavedLike,
                Texts.CannotBackedUp(issue.Path.AsName(), issue.Message),
                Texts.ChooseFolderOrFile);
        }
    }

    private async Task<IReadOnlyList<RunIssue>> AskAsync(Guid machine, IReadOnlyList<string> sources, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Glance);
        try
        {
            return agents.Find(machine) is { } agent ? await agent.AskAsync(new UnusableSources(sources), limit.Token) : [];
        }
        catch (Exception e) when (e is ProblemException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return [];
        }
    }
}
