using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Api;
using TimeLocker.Server.Runs.Kinds;

namespace TimeLocker.Server.Runs;

public static class RunOperations
{
    public static void Map(OperationMap map)
    {
        map.Get("runs.list", "/runs", Role.Viewer, "Runs, newest first.",
            (RunHistory runs, Actor who, Guid? plan, Guid? repository, string? kind, string? outcome, string? state,
                DateTimeOffset? since, DateTimeOffset? until, Guid? after, int? limit, CancellationToken ct) =>
                runs.ListAsync(new()
                {
                    Plan = plan,
                    Repository = repository,
                    Kind = QueryEnum.Read<RunKind>(nameof(kind), kind),
                    Outcome = QueryEnum.Read<RunOutcome>(nameof(outcome), outcome),
                    State = QueryEnum.Read<RunState>(nameof(state), state),
                    Since = since,
                    Until = until,
                    After = after,
                    Limit = limit ?? 50,
                }, who, ct));
        map.Get("runs.get", "/runs/{id}", Role.Viewer, "One run, as it is now.",
            (RunHistory runs, Guid id, Actor who, CancellationToken ct) => runs.GetAsync(id, who, ct));
        map.Get("runs.issues", "/runs/{id}/issues", Role.Operator, "The files that a run could not read or write.",
            async (RunHistory runs, Guid id, Actor who,
                CancellationToken ct) => new Page<RunIssue>(await runs.IssuesAsync(id, who, ct), null));
        map.Post("runs.cancel", "/runs/{id}/cancel", Role.Operator, "Asks a run to stop; answers with the run.",
            async (RunDesk desk, RunHistory runs, Guid id, Actor who, CancellationToken ct) =>
            {
                await desk.CancelAsync(id, who, ct);
                return await runs.GetAsync(id, who, ct);
            });
        map.Post("restores.create", "/restores", Role.Operator, "Restores from a snapshot or a moment; answers with the run.",
            (RestoreRuns runs, NewRestore restore, Actor who, CancellationToken ct) => runs.StartAsync(restore, who, ct), 201);
        map.Get("restores.folders", "/restore-folders", Role.Operator,
            "The folders into which Operators may restore; empty: any but those of the system.",
            (RestoreLimits limits, Actor who, CancellationToken ct) => limits.GetAsync(who, ct));
        map.Put("restores.set-folders", "/restore-folders", Role.Admin,
            "Limits Operators to restores into these folders; empty: any but those of the system. Takes the list as"
                + " a whole, with the revision that it was made from.",
            (RestoreLimits limits, NewRestoreFolders wanted, Actor who, CancellationToken ct) =>
                limits.SetAsync(wanted.Folders, who.MustHaveSeen(Role.Admin, wanted.Revision), ct));
        map.Stream("runs.events", "/runs/{id}/events", Role.Viewer,
            "The run as it changes, as server-sent events; ends with the run.",
            async Task<IResult> (RunHistory runs, RunFeed feed, Guid id, Actor who, CancellationToken ct) =>
            {
                await runs.GetAsync(id, who, ct);
                return TypedResults.ServerSentEvents(EventsAsync(runs, feed, id, who, ct));
            }, "text/event-stream");
        map.Stream("runs.log", "/runs/{id}/log", Role.Operator, "The run's log as text.",
            async (RunHistory runs, Guid id, Actor who, bool? download, CancellationToken ct) =>
                await runs.OpenLogAsync(id, who, ct) is { } log
                    ? Results.Stream(log, "text/plain; charset=utf-8", download == true ? $"run-{id:N}.log" : null)
                    : throw ProblemException.NotFound(Texts.Log, Texts.RemovedOrRunNever), "text/plain");
    }

    private static async IAsyncEnumerable<SseItem<string>> EventsAsync(
        RunHistory runs, RunFeed feed, Guid id, Actor who, [EnumeratorCancellation] CancellationToken ct)
    {
        using var changes = feed.Watch(); // before the current state is read, so that no end is missed
        var run = await runs.GetAsync(id, who, ct);
        yield return Told(run, who);
        if (run.HasEnded)
        {
            yield break;
        }

        await foreach (var next in changes.ReadAsync(ct))
        {
            if (next.Id == id)
            {
                yield return Told(next.For(who), who);
                if (next.HasEnded)
                {
                    yield break;
                }
            }
        }
    }

    private static SseItem<string> Told(Run run, Actor who) => new(JsonSerializer.Serialize(run, ApiJson.For(who)), "run");
}
