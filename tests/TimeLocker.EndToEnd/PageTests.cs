using Microsoft.Playwright;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>What tests of pages begin with: a server of their own, a real browser, and somebody who is signed in.</summary>
public abstract class PageTests : IAsyncLifetime
{
    private protected ServerProcess Server { get; } = new();
    private protected Browser Browser { get; private set; } = null!;

    public virtual async Task InitializeAsync()
    {
        Browser = await Browser.OpenAsync();
        await Server.InitializeAsync();
    }

    public virtual async Task DisposeAsync()
    {
        await Browser.DisposeAsync();
        await Server.DisposeAsync();
    }

    private protected async Task<IPage> SignInAsync()
    {
        var page = await Browser.PageAsync(Server.Address);
        await page.SignInAsync(ServerProcess.Admin, ServerProcess.Password);
        return page;
    }
}
