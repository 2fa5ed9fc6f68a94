using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>Keys, kit and the key to all secrets, as an Admin meets them in the browser.</summary>
public sealed class SecretPagesTests : IAsyncLifetime
{
    private readonly ServerProcess server = new();

    public Task InitializeAsync() => server.InitializeAsync();

    public Task DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_key_is_added_the_password_changed_and_the_new_kit_proven_before_the_warning_goes()
    {
        var id = (await server.Api.AddRepositoryAsync("Cellar", server.In("repository"))).Text("id");
        await using var browser = await Browser.OpenAsync();
        var page = await browser.PageAsync(server.Address);
        await page.SignInAsync(ServerProcess.Admin, ServerProcess.Password);
        await page.SeeAsync("The recovery kit of “Cellar” is not proven yet.");

        await page.OpenAsync($"repositories/{id}/keys");
        await page.PushAsync("Add key");
        await page.Locator("#key-name").FillAsync("Anna's laptop");
        await page.Locator("dialog button.primary").ClickAsync();
        (await server.ResticAsync(server.In("repository"), await page.Locator("code.token").InnerTextAsync(), "snapshots")).Must(0);
        await browser.ShootAsync(page, "keys");
        var small = await browser.PageAsync(server.Address, 390, 844, page);
        foreach (var address in (string[])[$"repositories/{id}/keys", "settings/secrets", "recovery-kit"])
        {
            await small.OpenAsync(address);
            await browser.ShootAsync(small, address.Split('/')[^1]);
            (await small.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(390, address);
        }

        await page.PushAsync("Change the password");
        await page.PushAsync("Change it");
        await page.AtAsync("/recovery$");
        await page.ArrivedAsync();
        await page.Locator("#kit-password").FillAsync("not this one");
        await page.Locator("form.confirm button[type=submit]").ClickAsync();
        await page.SeeAsync("The repository's password is wrong.");
        await page.Locator("#kit-password").FillAsync(await page.Locator(".secret").InnerTextAsync());
        await page.Locator("form.confirm button[type=submit]").ClickAsync();
        await page.SeeAsync("This kit opened the repository:");

        await page.OpenAsync("settings/secrets");
        await page.PushAsync("Replace the key");
        await page.PushAsync("Replace");
        await page.SeeAsync("Replaced. The old key is deleted.");
        (await page.Locator(".kit-banner").CountAsync()).ShouldBe(0);
        browser.Complaints.ShouldBeEmpty();
    }
}
