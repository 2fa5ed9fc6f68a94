using System.CommandLine;
using TimeLocker.Core;

namespace TimeLocker.Commands;

internal static class PinsCommand
{
    public static Command Build() => new Command("pins", "Lists what no policy removes; adds and removes pins.")
    {
        Add(), Remove(),
    }.Remote(async (_, client, output, ct) =>
        output.Table(await client.CallAsync("pins.list", null, ct),
            ("ID", p => p["id"]?.ToString()),
            ("Snapshot", p => p["snapshot"]?.ToString()[..8] ?? "the whole plan"),
            ("Reason", p => p["reason"]?.ToString()),
            ("Kind", p => (bool?)p["legalHold"] == true ? "legal hold" : "pin"),
            (Names.When("Until"), p => Names.Time(p["expiresAt"])))).Also("list");

    private static Command Add()
    {
        var snapshot = new Option<string[]>("--snapshot") { Description = "Its id or the beginning of it; may be repeated." };
        var repository = new Option<string?>("--repository") { Description = "Where the snapshots are (name or id); needed for more than one." };
        var plan = new Option<string?>("--plan") { Description = "All snapshots of this plan (name or id), instead of one." };
        var reason = new Option<string>("--reason") { Description = "Why it stays.", Required = true };
        var until = new Option<DateOnly?>("--until") { Description = "The pin ends on this day." };
        var hold = new Option<bool>("--legal-hold") { Description = "It never expires, and only an Admin can release it." };
        return new Command("add", "Pins snapshots, or a whole plan.")
        {
            snapshot, repository, plan, reason, until, hold,
        }.Remote(async (parsed, client, output, ct) =>
        {
            DateTimeOffset? expiresAt = parsed.GetValue(until) is { } day ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue)) : null;
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
                return output.Say(many, $"Pinned {Names.Count(many!["items"]!.AsArray().Count, "snapshot")}.");
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
            return output.Say(pin, $"Pinned ({pin!["id"]}).");
        });
    }

    private static Command Remove()
    {
        var pin = new Argument<string>("pin") { Description = "Its id, from the list." };
        return new Command("remove", "Takes a pin away.") { pin }.Remote(async (parsed, client, output, ct) =>
        {
            await client.CallAsync("pins.delete", new { id = parsed.GetValue(pin) }, ct);
            return output.Say(new { id = parsed.GetValue(pin), removed = true }, "Taken away.");
        });
    }
}
