using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Secrets;
using Xunit;

namespace TimeLocker.Tests.Server.Secrets;

/// <summary>There is one console for all tests: whoever puts another in its place does so while no other test runs.</summary>
[CollectionDefinition(nameof(OtherConsole), DisableParallelization = true)]
public sealed class OtherConsole;

[Collection(nameof(OtherConsole))]
public sealed class RedactingLoggersTests
{
    private const string Canary = "canary-5e1f", KeyLine = "b3BlbnNzaC1rZXktdjEAAAA";

    [Theory, InlineData("simple"), InlineData("systemd"), InlineData("json")]
    public async Task No_format_of_the_log_shows_a_live_secret(string format)
    {
        var (screen, written) = (Console.Out, new StringWriter());
        Console.SetOut(written);
        var shown = Console.Out; // it locks itself for each write
        try
        {
            var services = new ServiceCollection().AddSingleton<SecretFilter>()
                .AddLogging(log => log.AddConsole(console => console.FormatterName = format));
            RedactingLoggers.AddTo(services);
            await using var all = services.BuildServiceProvider();
            var live = all.GetRequiredService<SecretFilter>();
            live.Learn(Canary);
            live.Learn($"-----BEGIN KEY-----\n{KeyLine}\n-----END KEY-----\n");
            live.Learn("short");
            var log = all.GetRequiredService<ILogger<RedactingLoggersTests>>();
            log.LogError(new InvalidOperationException($"could not open {Canary}",
                new IOException($"{KeyLine} was refused")), "the password {Password} is short, {Count} tries", Canary,
                3);
            // the console has a writer of its own; its end waits for it only so long
            await DeskRig.UntilAsync(() => Task.FromResult(Said().Contains("InvalidOperationException",
                StringComparison.Ordinal)));
        }
        finally
        {
            Console.SetOut(screen);
        }

        var said = Said();
        said.ShouldNotContain(Canary);
        said.ShouldNotContain(KeyLine);
        said.ShouldContain(format == "json" ? "\\u2022" : "the password ••• is short, 3 tries");
        said.ShouldContain("InvalidOperationException");

        string Said()
        {
            lock (shown)
            {
                return written.ToString();
            }
        }
    }
}
