using System.CommandLine;
using TimeLocker.Core;

namespace TimeLocker.Commands;

internal static class PinsCommand
{
    public static Command Build() => new TextCommand("pins", Texts.AboutPins)
    {
        Add(), Remove(),
    }.Remote(async (_, client, output, ct) =>
        output.Table(await client.CallAsync("pins.list", null, ct),
            (Texts.ColumnId, p => p["id"]?.ToString()),
            (Texts.ColumnSnapshot, p => p["snapshot"]?.ToString()[..8] ?? Texts.PinOfWholePlan),
            (Texts.ColumnReason, p => p["reason"]?.ToString()),
            (Texts.ColumnKind, p => Texts.PinKind((bool?)p["legalHold"] == true)),
            (Names.When(Texts.ColumnUntil), p => Names.Time(p["expiresAt"])))).Also("list", Texts.ListsWhatNoPolicyRemoves);

    private static Command Add()
    {
        var snapshot = new Option<string[]>("--snapshot") { Help = Texts.SnapshotIdsOrBeginnings };
        var repository = new Option<string?>("--repository") { Help = Texts.RepositoryOfSnapshots };
        var plan = new Option<string?>("--plan") { Help = Texts.PinsWholePlan };
        var reason = new Option<string>("--reason") { Help = Texts.WhyItStays, Required = true };
        var until = new Option<DateOnly?>("--until") { Help = Texts.PinEndsOnThisDay };
        var hold = new Option<bool>("--legal-hold") { Help = Texts.PinNeverExpires };
        return new TextCommand("add", Texts.PinsSnapshotsOrWholePlan)
        {
            snapshot, repository, plan, reason, until, hold,
        }.Remote(async (parsed, client, output, ct) =>
        {
            DateTimeOffset? expiresAt = parsed.GetValue(until) is { } day
                ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue)) : null;
            var snapshots = parsed.GetValue(snapshot) ?? [];
            var place = parsed.GetValue(repository) is { } where ? await Names.RepositoryAsync(client, where, ct) : null;
            if (snapshots.Length > 1)
            {
                var many = await client.CallAsync("pins.create-many", new
                {
                    id = place ?? throw ProblemException.Invalid(Problems.NothingPinnedSeveralSnapshots),
                    snapshots,
                    reason = parsed.GetValue(reason),
                    expiresAt,
                    legalHold = parsed.GetValue(hold),
                }, ct);
                return output.Say(many, Texts.PinnedSnapshots(many!["items"]!.AsArray().Count));
            }

            var pin = await client.CallAsync("pins.create", new
            {
                repositoryId = place,
                snapshot = snapshots.FirstOrDefault(),
                planId = parsed.GetValue(plan) is { } name ? await Names.PlanAsync(client, name, ct) : null,
                reason = parsed.GetValue(reason),
                expiresAt,
                legalHold = parsed.GetValue(hold),
            }, ct);
            return output.Say(pin, Texts.Pinned(TextArgument.Of(pin!["id"])));
        });
    }

    private static Command Remove()
    {
        var pin = new Argument<string>("pin") { Help = Texts.PinId };
        return new TextCommand("remove", Texts.TakesPinAway) { pin }.Remote(async (parsed, client, output, ct) =>
        {
            await client.CallAsync("pins.delete", new { id = parsed.GetValue(pin) }, ct);
            return output.Say(new { id = parsed.GetValue(pin), removed = true }, Texts.PinTakenAway);
        });
    }
}
