using System.Diagnostics;
using System.Text.Json.Nodes;

namespace TimeLocker.Benchmarks;

/// <summary>From the call that starts a run to the first answer of another call, the dashboard's data, that shows it.</summary>
internal static class Row04_RunVisible
{
    public static async Task MeasureAsync(Bench bench)
    {
        await using var product = await Product.StartedAsync(bench);
        var plan = await product.AddPlanAsync("Plan",
            await product.AddRepositoryAsync("Repository", bench.Path("repository"), create: true),
            Sources.Tiny(bench));
        List<double> answered = [], visible = [];
        for (var round = 0; round < bench.Scale.Starts; round++)
        {
            var clock = Stopwatch.StartNew();
            var id = (await product.PostAsync($"/plans/{plan}/runs", new { }))["id"]!.ToString();
            answered.Add(clock.Elapsed.TotalMilliseconds);
            while (!((JsonArray)(await product.GetAsync("/status"))["running"]!).Any(run => run!["id"]!.ToString() == id))
            {
            }

            visible.Add(clock.Elapsed.TotalMilliseconds);
            while ((await product.GetAsync($"/runs/{id}"))["state"]!.ToString() != "ended")
            {
                await Task.Delay(50);
            }
        }

        Report.Line(4, "start of a run: the call is answered", Report.Median(answered), null, "ms", "");
        Report.Line(4, "start of a run: another client sees it", Report.Median(visible), null, "ms", "<= 20 ms");
    }
}
