namespace TimeLocker.Benchmarks;

/// <summary>
/// Resident memory of the server, which is all there is between runs: a while after its start, and a while after use.
/// </summary>
internal static class Row14_Memory
{
    public static async Task MeasureAsync(Bench bench)
    {
        await using var product = await History.WithAsync(bench, bench.Scale.Runs);
        await Task.Delay(bench.Scale.Idle);
        Report.Line(14, $"memory {bench.Scale.Idle.TotalSeconds} s after the start", Native.Resident(product.Pid), null,
            "MiB", "<= 120 MiB");
        await UseAsync(product);
        await Task.Delay(bench.Scale.Idle);
        Report.Line(14, $"memory {bench.Scale.Idle.TotalSeconds} s after use", Native.Resident(product.Pid), null,
            "MiB", "<= 140 MiB");
    }

    /// <summary>
    /// Somebody looks at every page, runs each plan, looks into a snapshot; a program asks for the dashboard's data.
    /// </summary>
    private static async Task UseAsync(Product product)
    {
        await using var browser = await Browser.StartAsync(product);
        foreach (var plan in (await product.GetAsync("/plans"))["items"]!.AsArray())
        {
            await product.RunAsync($"/plans/{plan!["id"]}/runs", new { });
        }

        var repository = (await product.GetAsync("/repositories"))["items"]![0]!["id"];
        var newest = (await product.GetAsync($"/repositories/{repository}/snapshots"))["items"]![0]!["id"];
        foreach (var path in (string[])["/", "/machines", "/plans", "/plans/new", "/repositories",
            $"/repositories/{repository}", "/restore", $"/restore?snapshot={newest}", "/activity", "/settings",
                "/account"])
        {
            await (await browser.OpenAsync(path)).Context.CloseAsync();
        }

        await Answers.MeasureAsync(product.Http, 200, "/api/v1/status");
    }
}
