using System.CommandLine;

namespace TimeLocker.Commands;

internal static class AnomaliesCommand
{
    public static Command Build()
    {
        var all = new Option<bool>("--all") { Description = "Also those that were answered." };
        return new Command("anomalies", "Lists backups that did not match their plan's history; answers one.")
        {
            CommonArguments.OfPlan, all, Answer(),
        }.Remote(async (parsed, client, output, ct) =>
            output.Table(await client.CallAsync("anomalies.list", new
            {
                plan = await CommonArguments.OfPlanAsync(parsed, client, ct),
                open = parsed.GetValue(all) ? (bool?)null : true,
            }, ct),
                ("ID", a => a["id"]?.ToString()),
                (Names.When("Time"), a => Names.Time(a["at"])),
                ("What was unusual", a => a["text"]?.ToString()),
                ("Answer", a => a["answer"]?.ToString()))).Also("list");
    }

    private static Command Answer()
    {
        var id = new Argument<string>("id") { Description = "The anomaly's id." };
        var words = new Argument<string>("why") { Description = "Why it is all right: “moved the photo archive”." };
        return new Command("answer", "Marks an anomaly as all right; the plan's retention resumes once all are answered.")
        {
            id, words,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var answer = await client.CallAsync("anomalies.answer", new { id = parsed.GetValue(id), answer = parsed.GetValue(words) }, ct);
            return output.Say(answer, "The answer is kept.");
        });
    }
}
