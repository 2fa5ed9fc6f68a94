using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Anomalies;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Anomalies;

public sealed record AnomalyFilter
{
    public Guid? Plan { get; init; }
    public Guid? Run { get; init; }

    /// <summary>True: nobody has answered; false: somebody has; null: all.</summary>
    public bool? Open { get; init; }
    public Guid? After { get; init; }
    public int Limit { get; init; } = 50;
}

/// <summary>What was unlike a plan's own history, and what people said to it.</summary>
public sealed class AnomalyDesk(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, TimeProvider clock)
{
    public const int MostWords = 500;

    /// <summary>An anomaly was answered: pages that show it read again.</summary>
    public event Action<Guid>? Answered;

    /// <summary>Newest first.</summary>
    public async Task<Page<Anomaly>> ListAsync(AnomalyFilter filter, CancellationToken ct = default)
    {
        var limit = Math.Clamp(filter.Limit, 1, 500);
        await using var db = await databases.CreateDbContextAsync(ct);
        var found = db.Anomalies.AsNoTracking();
        found = filter.Plan is { } plan ? found.Where(a => a.PlanId == plan) : found;
        found = filter.Run is { } run ? found.Where(a => a.RunId == run) : found;
        found = filter.Open is { } open ? found.Where(a => a.AnsweredAt == null == open) : found;
        found = filter.After is { } after ? found.Where(a => a.Id.CompareTo(after) < 0) : found;
        var rows = await found.OrderByDescending(a => a.Id).Take(limit + 1).ToListAsync(ct);
        return new([.. rows.Take(limit)], rows.Count > limit ? rows[limit - 1].Id.ToString() : null);
    }

    /// <summary>Somebody has looked and says why it is all right: the plan's retention goes on once all are answered.</summary>
    public async Task AnswerAsync(Guid id, string answer, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        var words = answer.Trim();
        if (words.Length is 0 or > MostWords || words.Any(c => char.IsControl(c) && c != '\n'))
        {
            throw ProblemException.Invalid(Problems.AnswerNotKeptNeeds(MostWords));
        }

        var plan = await audit.ChangeAsync(who, "anomaly.answered", async (db, note) =>
        {
            var anomaly = await db.Anomalies.SingleOrDefaultAsync(a => a.Id == id, ct)
                ?? throw ProblemException.NotFound(Texts.Anomaly, Texts.SeePlansStatus);
            if (anomaly.AnsweredAt is not null)
            {
                throw new ProblemException(ProblemKind.Conflict, Problems.AnswerNotKeptSomebody);
            }

            (anomaly.AnsweredAt, anomaly.AnsweredBy, anomaly.Answer) = (clock.GetUtcNow(), who.Id, words);
            if (await db.Plans.SingleOrDefaultAsync(p => p.Id == anomaly.PlanId, ct) is { } of)
            {
                of.OpenAnomalies = await db.Anomalies.CountAsync(a => a.PlanId == of.Id && a.AnsweredAt == null && a.Id != id, ct);
            }

            note.About("anomaly", id, new { plan = anomaly.PlanId, run = anomaly.RunId, measure = anomaly.Measure.ToString() });
            return anomaly.PlanId;
        }, ct);
        Answered?.Invoke(plan);
    }
}
