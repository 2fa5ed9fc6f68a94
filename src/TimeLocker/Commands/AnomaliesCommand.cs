using System.CommandLine;

namespace TimeLocker.Commands;

internal static class AnomaliesCommand
{
    public static Command Build()
    {
        var all = new Option<bool>("--all") { Help = Texts.AlsoThoseThatWereAnswered };
        return new TextCommand("anomalies", Texts.AboutAnomalies)
        {
            CommonArguments.OfPlan, all, Answer(),
        }.Remote(async (parsed, client, output, ct) =>
            output.Table(await client.CallAsync("anomalies.list", new
            {
                plan = await CommonArguments.OfPlanAsync(parsed, client, ct),
                open = parsed.GetValue(all) ? (bool?)null : true,
            }, ct),
                (Texts.ColumnId, a => a["id"]?.ToString()),
                (Names.When(Texts.ColumnTime), a => Names.Time(a["at"])),
                (Texts.ColumnWhatWasUnusual, a => a["text"]?.ToString()),
                (Texts.ColumnAnswer, a => a["answer"]?.ToString()))).Also("list", Texts.ListsUnusualBackups);
    }

    private static Command Answer()
    {
        var id = new Argument<string>("id") { Help = Texts.AnomalyId };
        var words = new Argument<string>("why") { Help = Texts.WhyItIsAllRight };
        return new TextCommand("answer", Texts.MarksAnomalyAsAllRight)
        {
            id, words,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var answer = await client.CallAsync("anomalies.answer",
                new { id = parsed.GetValue(id), answer = parsed.GetValue(words) }, ct);
            return output.Say(answer, Texts.AnswerIsKept);
        });
    }
}
