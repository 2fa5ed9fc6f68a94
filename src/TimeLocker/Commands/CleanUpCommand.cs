using System.CommandLine;

namespace TimeLocker.Commands;

internal static class CleanUpCommand
{
    public static Command Build()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would go; remove nothing." };
        var restore = new Option<string[]>("--restore") { Description = "Also remove this folder of a restore that was cut off; may be repeated." };
        return new Command("cleanup", "Removes caches of removed repositories, forgotten temporary files and old logs.") { dryRun, restore }.Remote(async (parsed, client, output, ct) =>
        {
            var report = await client.CallAsync("cleanup.run", new { dryRun = parsed.GetValue(dryRun), restores = parsed.GetValue(restore) ?? [] }, ct);
            if (output.Json)
            {
                output.Value(report);
                return Exit.Ok;
            }

            if (report!["count"]!.GetValue<int>() > 0)
            {
                output.Table(report["freed"],
                    ("What", f => f["what"]?.ToString()),
                    ("Size", f => Names.Bytes(f["bytes"])),
                    ("Path", f => f["path"]?.ToString()));
            }

            output.Line($"{Names.Bytes(report["bytes"])} in {report["count"]} places {(parsed.GetValue(dryRun) ? "would be freed" : "freed")}.");
            return Exit.Ok;
        });
    }
}
