using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>A server that is killed in the middle of a change of a repository's password, or of the key to all secrets.</summary>
public sealed class PasswordChangeTests : IAsyncLifetime
{
    private readonly ServerProcess server = new();

    public Task InitializeAsync() => server.InitializeAsync();

    public Task DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_kill_in_the_middle_leaves_a_repository_and_a_vault_that_open()
    {
        var repository = await server.Api.AddRepositoryAsync("torn", server.In("repository"));
        var kit = $"repositories/{repository.Text("id")}/recovery-kit";
        foreach (var milliseconds in (int[])[250, 2500])
        {
            var change = server.Api.PostAsync($"repositories/{repository.Text("id")}/password", new { });
            var rotate = Task.WhenAll(Enumerable.Range(0, 3).Select(_ => server.Api.PostAsync("secrets/rotate")));
            await Task.Delay(milliseconds);
            await server.KillAsync();
            await Task.WhenAny(Task.WhenAll(change, rotate), Task.Delay(5000));
            await server.StartAsync();

            // The start finishes, or undoes, the change: until then the password in the kit may still move.
            await Eventually.Async(async () =>
                (await server.Api.GetAsync($"repositories/{repository.Text("id")}/keys")) is
                {
                    Status: 200,
                    Body: { } keys
                } && keys.Items().Count <= 2
                && (await server.Api.PostAsync(kit)) is { Status: 200, Body: { } sheet }
                && await OpensAsync(sheet.Text("password")), 90);
            Directory.GetFiles(Path.Combine(server.Data, "keys")).ShouldHaveSingleItem();
        }

        // A start may still be at it: then the change is refused with the reason.
        await Eventually.Async(async () =>
            (await server.Api.PostAsync($"repositories/{repository.Text("id")}/password",
                new { password = "the last one of all" })).Status == 200, 90);
        (await server.ResticAsync(server.In("repository"), "the last one of all", "snapshots")).Must(0);
        (await server.Api.GetAsync($"repositories/{repository.Text("id")}/keys")).Must(200).Items()
            .Count(k => k.Text("user") == "timelocker" || k.Text("current") == "true").ShouldBeGreaterThan(0);

        async Task<bool> OpensAsync(string password) => (await server.Api.PostAsync($"{kit}/test", new { password })).Status == 200
            && (await server.ResticAsync(server.In("repository"), password, "snapshots")).ExitCode == 0;
    }
}
