using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;

namespace TimeLocker.EndToEnd;

/// <summary>A real browser. What its console complains about is kept and must be nothing.</summary>
public sealed class Browser : IAsyncDisposable
{
    private static readonly string Screenshots = Path.Combine(ServerProcess.RepositoryRoot, ".artifacts", "screenshots");

    private readonly IPlaywright playwright;
    private readonly IBrowser chromium;
    private int shots;

    private Browser(IPlaywright playwright, IBrowser chromium) => (this.playwright, this.chromium) = (playwright, chromium);

    public ConcurrentQueue<string> Complaints { get; } = new();

    public static async Task<Browser> OpenAsync()
    {
        Directory.CreateDirectory(Screenshots);
        var playwright = await Playwright.CreateAsync();
        return new(playwright, await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        }));
    }

    /// <summary>A page with cookies of its own, or with those of another page.</summary>
    public async Task<IPage> PageAsync(Uri server, int width = 1280, int height = 860, IPage? signedInAs = null)
    {
        var context = await chromium.NewContextAsync(new()
        {
            BaseURL = server.ToString(),
            ViewportSize = new() { Width = width, Height = height },
            StorageState = signedInAs is null ? null : await signedInAs.Context.StorageStateAsync(),
        });
        context.SetDefaultTimeout(60_000);
        var page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                Complaints.Enqueue($"{page.Url}: {message.Text}");
            }
        };
        page.PageError += (_, fault) => Complaints.Enqueue($"{page.Url}: {fault}");
        return page;
    }

    public async Task ShootAsync(IPage page, string name) =>
        await page.ScreenshotAsync(new()
        {
            Path = Path.Combine(Screenshots,
            $"{++shots:00}-{name}-{page.ViewportSize!.Width}.png"),
            Animations = ScreenshotAnimations.Disabled
        });

    public async ValueTask DisposeAsync()
    {
        await chromium.DisposeAsync();
        playwright.Dispose();
    }
}

internal static class PageSteps
{
    /// <summary>Opens a page of the dashboard and waits for its circuit: a click before it would be lost.</summary>
    public static async Task OpenAsync(this IPage page, string address)
    {
        await page.GotoAsync(address);
        await page.ReadyAsync();
    }

    public static Task ReadyAsync(this IPage page) =>
        page.WaitForSelectorAsync("html[data-ready]", new() { State = WaitForSelectorState.Attached });

    public static Task PushAsync(this IPage page, string button) =>
        page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    /// <summary>
    /// Pushes until the answer is this one, as a person does: on a busy machine a test of a connection may first run
    /// into its time limit.
    /// </summary>
    /// <returns>How often it was pushed.</returns>
    public static async Task<int> PushUntilAsync(this IPage page, string button, string answer)
    {
        for (var tries = 1; ; tries++)
        {
            await page.PushAsync(button);
            try
            {
                await page.SeeAsync(answer, 30);
                return tries;
            }
            catch (TimeoutException) when (tries < 4)
            {
            }
        }
    }

    /// <summary>
    /// Waits until the address matches. WaitForURLAsync looks first and listens then: what comes in between, where the
    /// circuit navigates without a load, it misses for ever.
    /// </summary>
    public static Task AtAsync(this IPage page, string pattern) =>
        Assertions.Expect(page).ToHaveURLAsync(new Regex(pattern), new() { Timeout = 60_000 });

    /// <summary>
    /// After a link within the circuit: the new page's heading takes the focus, out of whatever was being filled in by
    /// then.
    /// </summary>
    public static Task ArrivedAsync(this IPage page) => page.Locator("h1:focus").WaitForAsync();

    public static Task SeeAsync(this IPage page, string text, float seconds = 60) =>
        page.GetByText(text).First.WaitForAsync(new() { Timeout = seconds * 1000 });

    /// <summary>Types and leaves the field, as a person does.</summary>
    public static async Task EnterAsync(this IPage page, string label, string text)
    {
        var field = page.GetByLabel(label).First;
        await field.FillAsync(text);
        await field.BlurAsync();
    }

    public static async Task SignInAsync(this IPage page, string name, string password)
    {
        await page.GotoAsync("login");
        await page.EnterAsync("User name", name);
        await page.EnterAsync("Password", password);
        await page.PushAsync("Sign in");
        await page.ReadyAsync();
        new Uri(page.Url).AbsolutePath.ShouldBe("/");
    }
}
