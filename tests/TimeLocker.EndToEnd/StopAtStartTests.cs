using System.Diagnostics;
using Shouldly;
using TimeLocker.Core.Processes;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>
/// A service manager may stop a server that it has just started: that is a stop like any other, whatever the start was
/// doing.
/// </summary>
public sealed class StopAtStartTests : IAsyncLifetime
{
    private sealed class FirstStart : ServerProcess
    {
        protected override bool SetsUp => false;
    }

    private readonly FirstStart server = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_first_start_can_be_stopped_at_any_moment_and_begun_again()
    {
        for (var moment = 0; moment < 8; moment++)
        {
            if (Directory.Exists(server.Data))
            {
                Directory.Delete(server.Data, recursive: true);
            }

            server.Launch();
            // from here on it is our code that is stopped
            await Eventually.Async(() => Task.FromResult(Directory.Exists(server.Data)), 60);
            await Task.Delay(TimeSpan.FromMilliseconds(120 * moment));

            (await server.EndAsync()).ShouldBe(0, server.Log);
            server.Log.ShouldNotContain("   at ");
            server.Log.ShouldNotContain("xception");
        }

        await server.InitializeAsync();
    }

    [Fact]
    public async Task No_stop_is_lost_before_our_code_runs()
    {
        for (var moment = 0; moment < 8; moment++)
        {
            server.Launch();
            await Task.Delay(TimeSpan.FromMilliseconds(25 * moment));

            (await server.EndAsync()).ShouldBeOneOf(0, 128 + ProcessIdentity.Terminate);
        }

        await server.InitializeAsync();
    }
}
