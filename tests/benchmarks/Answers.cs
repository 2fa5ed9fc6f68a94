using System.Diagnostics;

namespace TimeLocker.Benchmarks;

/// <summary>How long a server takes to answer one client, one request after the other on one connection.</summary>
internal static class Answers
{
    private const int Unmeasured = 30;

    // The API lets a program ask a hundred times a second, five hundred times at once.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(12);

    /// <returns>Milliseconds, median, to the last byte; and the size of the answer in kB.</returns>
    public static async Task<(double Time, double Size)> MeasureAsync(HttpClient http, int count, string path,
        string? cookies = null)
    {
        List<double> times = [];
        var size = 0;
        for (var i = -Unmeasured; i < count; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (cookies is not null)
            {
                request.Headers.Add("Cookie", cookies);
            }

            var clock = Stopwatch.StartNew();
            using var answer = await http.SendAsync(request);
            size = (await answer.Content.ReadAsByteArrayAsync()).Length;
            if (i >= 0)
            {
                times.Add(clock.Elapsed.TotalMilliseconds);
            }

            answer.EnsureSuccessStatusCode();
            await Task.Delay(Pace);
        }

        return (Report.Median(times), size / 1000.0);
    }

    /// <summary>The same for a page, asked for by who is signed in.</summary>
    public static async Task<(double Time, double Size)> MeasurePageAsync(Product product, int count, string path)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        }) { BaseAddress = product.Http.BaseAddress };
        return await MeasureAsync(http, count, path,
            string.Join("; ", (await Browser.SignInAsync(product)).Select(c => $"{c.Name}={c.Value}")));
    }
}
