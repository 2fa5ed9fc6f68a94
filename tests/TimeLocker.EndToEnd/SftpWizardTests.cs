using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;
using Shouldly;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>
/// A repository on an SSH server, set up in the browser alone: the server's key is fetched and pinned, a key pair is
/// made, and only its public half is carried over.
/// </summary>
public sealed class SftpWizardTests : IAsyncLifetime
{
    private readonly ServerProcess server = new();
    private Browser browser = null!;
    private int port;

    public async Task InitializeAsync()
    {
        await server.InitializeAsync();
        browser = await Browser.OpenAsync();
        port = Ports.Free();

        Directory.CreateDirectory(server.In("ssh"));
        await ShellAsync($"""
            ssh-keygen -q -t ed25519 -N '' -f host
            mkdir -p /run/sshd
            /usr/sbin/sshd -f /dev/null -h $PWD/host -p {port} -o ListenAddress=127.0.0.1 -o PidFile=$PWD/pid -o AuthorizedKeysFile=$PWD/authorized_keys -o StrictModes=no -o UsePAM=no -o PermitRootLogin=yes -o "Subsystem sftp internal-sftp"
            """);
    }

    public async Task DisposeAsync()
    {
        await ShellAsync("kill $(cat pid)");
        await browser.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task From_a_host_name_to_a_repository_without_a_shell_on_this_side()
    {
        var page = await browser.PageAsync(server.Address);
        await page.SignInAsync(ServerProcess.Admin, ServerProcess.Password);
        await page.OpenAsync("repositories/new");
        await page.Locator("#backend").SelectOptionAsync("sftp");
        await FillAsync(page, "#field-host", "127.0.0.1");
        await FillAsync(page, "#field-port", $"{port}");
        await FillAsync(page, "#field-user", Environment.UserName);
        await FillAsync(page, "#field-path", server.In("ssh", "office files"));
        await page.PushAsync("Fetch the server's key");
        await page.SeeAsync((await ShellAsync("ssh-keygen -lf host.pub")).Split(' ')[1]);
        await browser.ShootAsync(page, "sftp-fingerprint");
        await page.PushAsync("Pin this key");
        await page.PushAsync("Make a key pair");
        var line = (await page.Locator("pre.raw").TextContentAsync())!;

        await page.PushUntilAsync("Test", "does not accept this key");
        await File.WriteAllTextAsync(server.In("ssh", "authorized_keys"), line + "\n");
        await page.PushUntilAsync("Test", "This place can be used.");
        await FillAsync(page, "#repository-name", "Office");
        await browser.ShootAsync(page, "sftp");
        await SmallAsync(page);
        await page.PushAsync("Create repository");
        await page.AtAsync("/recovery$");

        File.Exists(server.In("ssh", "office files", "config")).ShouldBeTrue();
        browser.Complaints.ShouldBeEmpty();
    }

    private async Task SmallAsync(IPage page)
    {
        await page.SetViewportSizeAsync(390, 844);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(390);
        await browser.ShootAsync(page, "sftp");
    }

    private static async Task FillAsync(IPage page, string field, string text)
    {
        await page.Locator(field).FillAsync(text);
        await page.Locator(field).BlurAsync();
    }

    private async Task<string> ShellAsync(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh",
            ["-ec", script])
        { WorkingDirectory = server.In("ssh"), RedirectStandardOutput = true })!;
        var said = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        shell.ExitCode.ShouldBe(0, script);
        return said;
    }
}
