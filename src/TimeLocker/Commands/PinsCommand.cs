using System.CommandLine;

namespace TimeLocker.Commands;

internal static class PinsCommand
{
    public static Command Build() => new Command("pins", "Lists what no policy removes; pins snapshots, and takes pins away.") { Add(), Remove() }.Remote(async (_, client, output, ct) =>
    {
        output.Table(await client.CallAsync("pins.list", null, ct),
            ("ID", p => p["id"]?.ToString()),
            ("Snapshot", p => p["snapshot"]?.ToString()[..8] ?? "the whole plan"),
            ("Reason", p => p["reason"]?.ToString()),
            ("Kind", p => (bool?)p["legalHold"] == true ? "legal hold" : "pin"),
            ("Until", p => p["expiresAt"] is null ? "" : Names.Time(p["expiresAt"])));
        return Exit.Ok;
    });

    private static Command Add()
    {
        var snapshot = new Option<string?>("--snapshot") { Description = "Its id or the beginning of it." };
        var plan = new Option<string?>("--plan") { Description = "All snapshots of this plan (name or id), instead of one." };
        var reason = new Option<string>("--reason") { Description = "Why it stays.", Required = true };
        var until = new Option<DateOnly?>("--until") { Description = "The pin ends on this day." };
        var hold = new Option<bool>("--legal-hold") { Description = "Only an Admin takes it away, and it never ends." };
        return new Command("add", "Pins a snapshot, or a whole plan.") { snapshot, plan, reason, until, hold }.Remote(async (parsed, client, output, ct) =>
        {
            var pin = await client.CallAsync("pins.create", new
            {
                snapshot = parsed.GetValue(snapshot),
                planId = parsed.GetValue(plan) is { } name ? await Names.PlanAsync(client, name, ct) : null,
                reason = parsed.GetValue(reason),
                expiresAt = parsed.GetValue(until) is { } day ? (DateTimeOffset?)new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue)) : null,
                legalHold = parsed.GetValue(hold),
            }, ct);
            if (output.Json)
            {
                output.Value(pin);
            }

            output.Line($"Pinned ({pin!["id"]}).");
            return Exit.Ok;
        });
    }

    private static Command Remove()
    {
        var pin = new Argument<string>("pin") { Description = "Its id, from the list." };
        return new Command("remove", "Takes a pin away.") { pin }.Remote(async (parsed, client, output, ct) =>
        {
            await client.CallAsync("pins.delete", new { id = parsed.GetValue(pin) }, ct);
            output.Line("Taken away.");
            return Exit.Ok;
        });
    }
}
