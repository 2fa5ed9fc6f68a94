namespace TimeLocker.Benchmarks;

/// <summary>
/// From the click on “Run now” to the first figure of progress in the page, against restic's own first line with a
/// figure in it.
/// </summary>
internal static class Row05_FirstProgress
{
    // Less is done before restic says anything.
    private const int LeastMebibytes = 512;

    private const string Watch = """
        addEventListener('click', () => { window.clickedAt ??= performance.now(); }, { capture: true });
        new MutationObserver(() => {
          const said = [...document.querySelectorAll('.progress-card .progress-line > span')].slice(0, 2).map(s => s.textContent).join(' ');
          if (/[1-9]/.test(said)) {
            window.figureAt ??= performance.now();
            document.documentElement.dataset.figure = '';
          }
        }).observe(document, { subtree: true, childList: true, characterData: true });
        """;

    public static async Task MeasureAsync(Bench bench)
    {
        var source = Sources.Large(bench, Math.Max(bench.Scale.Mebibytes, LeastMebibytes));
        await using var product = await Product.StartedAsync(bench);
        await using var browser = await Browser.StartAsync(product);
        List<double> ours = [], theirs = [];
        for (var round = 1; round <= bench.Scale.Rounds; round++)
        {
            Report.Say($"first progress, round {round}");
            var place = bench.Path("repository");
            var plan = await product.AddPlanAsync($"Plan {round}",
                await product.AddRepositoryAsync($"Repository {round}", place, create: true), source);
            ours.Add(await ClickAsync(product, browser, plan));
            Directory.Delete(place, recursive: true);

            var restic = bench.Restic(place);
            await restic.RunAsync("init");
            if (await restic.UntilAsync(SaysFigure, "backup", "--json", "--exclude-caches", source) is { } first)
            {
                theirs.Add(first * 1000);
            }

            Directory.Delete(place, recursive: true);
        }

        var (value, floor) = (Report.Median(ours), Report.Median(theirs));
        Report.Line(5, "click to the first progress figure in the page", value, floor, "ms", "<= baseline + 100 ms");
        Report.Line(5, "of which TimeLocker's", value - floor, null, "ms", "<= 100 ms");
    }

    private static async Task<double> ClickAsync(Product product, Browser browser, string plan)
    {
        var page = await browser.OpenAsync($"/plans/{plan}");
        await page.EvaluateAsync(Watch);
        await page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Run now" }).ClickAsync();
        await Browser.HasAsync(page, "figure");
        var time = await page.EvaluateAsync<double>("window.figureAt - window.clickedAt");
        while ((await product.GetAsync($"/plans/{plan}"))["lastRunId"] is null)
        {
            await Task.Delay(200);
        }

        await page.Context.CloseAsync();
        return time;
    }

    private static bool SaysFigure(string line) =>
        line.Contains("\"message_type\":\"status\"", StringComparison.Ordinal)
            && (line.Contains("\"total_files\"", StringComparison.Ordinal)
                || line.Contains("\"bytes_done\"", StringComparison.Ordinal));
}
