using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace TimeLocker.Benchmarks;

/// <summary>A headless Chromium that is signed in. Each page is opened as if for the first time: nothing cached.</summary>
internal sealed partial class Browser : IAsyncDisposable
{
    /// <summary>
    /// “Usable”: a button of the page, the one that folds the navigation out, answers. It is clicked every 10 ms from
    /// the first HTML on; its answer comes from the server, through the page's connection. The time counts from the
    /// start of the navigation.
    /// </summary>
    private const string Probe = """
        const press = setInterval(() => document.querySelector('button.more')?.click(), 10);
        new MutationObserver(() => {
          if (!window.usableAt && document.querySelector('button.more[aria-expanded=true]')) {
            window.usableAt = performance.now();
            document.documentElement.dataset.usable = '';
            clearInterval(press);
          }
        }).observe(document, { subtree: true, childList: true, attributes: true });
        """;

    private readonly IPlaywright driver;
    private readonly IBrowser browser;
    private readonly Product product;
    private readonly Microsoft.Playwright.Cookie[] cookies;

    private Browser(IPlaywright driver, IBrowser browser, Product product, Microsoft.Playwright.Cookie[] cookies) =>
        (this.driver, this.browser, this.product, this.cookies) = (driver, browser, product, cookies);

    public static async Task<Browser> StartAsync(Product product)
    {
        var driver = await Playwright.CreateAsync();
        var browser = await driver.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("TIMELOCKER_CHROMIUM") is { Length: > 0 } path ? path
                : throw new ArgumentException("There is no Chromium; name it in TIMELOCKER_CHROMIUM."),
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        var address = product.Http.BaseAddress!.ToString();
        return new(driver, browser, product,
            [.. (await SignInAsync(product)).Select(c => new Microsoft.Playwright.Cookie
            {
                Name = c.Name,
                Value = c.Value,
                Url = address,
            })]);
    }

    /// <summary>The cookies of somebody who filled in the sign-in form.</summary>
    public static async Task<IReadOnlyList<System.Net.Cookie>> SignInAsync(Product product)
    {
        var jar = new CookieContainer();
        using var http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            CookieContainer = jar,
            AllowAutoRedirect = false,
        }) { BaseAddress = product.Http.BaseAddress };
        http.DefaultRequestHeaders.Add("Origin", http.BaseAddress!.GetLeftPart(UriPartial.Authority));
        var form = FormToken().Match(await http.GetStringAsync("/login")).Groups[1].Value;
        using var body = new FormUrlEncodedContent([new("__RequestVerificationToken", WebUtility.HtmlDecode(form)),
            new("name", Product.User), new("password", Bench.Password), new("returnUrl", "/")]);
        using var answer = await http.PostAsync("/login", body);
        return answer.StatusCode == HttpStatusCode.Redirect ? [.. jar.GetAllCookies().Cast<System.Net.Cookie>()]
            : throw new InvalidOperationException($"Signing in was answered with {answer.StatusCode}.");
    }

    /// <param name="probe">Whether to press its button until it answers.</param>
    public async Task<IPage> OpenAsync(string path, bool probe = true)
    {
        var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 } });
        await context.AddCookiesAsync(cookies);
        var page = await context.NewPageAsync();
        if (probe)
        {
            await page.AddInitScriptAsync(Probe);
        }

        await page.GotoAsync(product.Http.BaseAddress + path.TrimStart('/'));
        await HasAsync(page, probe ? "usable" : "ready");
        return page;
    }

    /// <summary>Waits until the page carries a mark; its content policy lets nothing else look for it.</summary>
    public static Task HasAsync(IPage page, string mark) =>
        page.WaitForSelectorAsync($"html[data-{mark}]", new() { State = WaitForSelectorState.Attached });

    /// <summary>Milliseconds until the page could be used, and how many elements it then had.</summary>
    public async Task<(double Usable, int Elements)> MeasureAsync(string path)
    {
        var page = await OpenAsync(path);
        var figures = (await page.EvaluateAsync<double>("window.usableAt"),
            await page.EvaluateAsync<int>("document.getElementsByTagName('*').length"));
        await page.Context.CloseAsync();
        return figures;
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        driver.Dispose();
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]* value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
