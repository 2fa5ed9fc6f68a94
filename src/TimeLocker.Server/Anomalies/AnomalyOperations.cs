using TimeLocker.Core;
using TimeLocker.Server.Api;

namespace TimeLocker.Server.Anomalies;

/// <summary>A person's word about an anomaly.</summary>
public sealed record AnomalyAnswer(string Answer);

public static class AnomalyOperations
{
    public static void Map(OperationMap map)
    {
        map.Get("anomalies.list", "/anomalies", Role.Viewer,
            "Backups that were unlike their plan's own history, newest first; open=true: those that nobody has answered.",
            (AnomalyDesk anomalies, Actor who, Guid? plan, Guid? run, bool? open, Guid? after, int? limit, CancellationToken ct) =>
                anomalies.ListAsync(new() { Plan = plan, Run = run, Open = open, After = after, Limit = limit ?? 50 }, ct));
        map.Post("anomalies.answer", "/anomalies/{id}/answer", Role.Operator,
            "Says why an anomaly is all right; once all are answered, the plan's retention goes on.",
            (AnomalyDesk anomalies, Guid id, AnomalyAnswer wanted, Actor who,
                CancellationToken ct) => anomalies.AnswerAsync(id, wanted.Answer, who, ct));
    }
}
