using System.Diagnostics;
using System.Text;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Processes;
using Xunit;

namespace TimeLocker.Tests.Core.Processes;

public sealed class ChildProcessTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private static readonly Dictionary<string, string> Minimal = new() { ["PATH"] = "/usr/bin:/bin" };

    private static ChildCommand Shell(string script, params string[] arguments) =>
        new("sh", ["-c", script, "sh", .. arguments]) { Environment = Minimal };

    [Fact]
    public async Task A_child_gets_its_arguments_as_they_are_its_input_and_nothing_of_our_environment()
    {
        var result =
            await ChildProcess.RunAsync(
                Shell("printf '%s|' \"$@\"; cat; tr '\\0' '\\n' </proc/$$/environ; echo oops >&2; exit 7", "a b",
                    "$(id)", "-x\n") with
                { Input = "secret"u8.ToArray() }, Long, 1 << 20, default);

        Encoding.UTF8.GetString(result.Output).ShouldBe("a b|$(id)|-x\n|secretPATH=/usr/bin:/bin\n");
        (result.ExitCode, result.Errors, result.TimedOut, result.Truncated).ShouldBe((7, "oops\n", false, false));
    }

    [Fact]
    public async Task A_child_that_takes_too_long_ends_with_all_it_started()
    {
        var since = Stopwatch.GetTimestamp();
        // time enough to begin
        var result = await ChildProcess.RunAsync(Shell("trap '' TERM; sleep 60 & echo $!; wait; wait"),
            TimeSpan.FromSeconds(5), 1 << 20, default);

        result.TimedOut.ShouldBeTrue();
        Stopwatch.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(20));
        var started = int.Parse(result.Output, System.Globalization.CultureInfo.InvariantCulture);
        await UntilAsync(() => ProcessIdentity.Of(started) is null); // killed as the others, but nobody waited for it
    }

    [Fact]
    public async Task A_child_that_says_too_much_is_stopped()
    {
        var result = await ChildProcess.RunAsync(Shell("yes"), Long, 100_000, default);
        (result.Truncated, result.TimedOut).ShouldBe((true, false));
        result.Output.Length.ShouldBeLessThanOrEqualTo(100_000);
    }

    [Fact]
    public async Task Giving_up_stops_the_child()
    {
        using var giveUp = new CancellationTokenSource(200);
        await Should.ThrowAsync<OperationCanceledException>(() => ChildProcess.RunAsync(Shell("sleep 60"), Long, 100,
            giveUp.Token));
    }

    [Fact]
    public async Task A_program_that_is_not_there_has_an_exit_code()
    {
        (await ChildProcess.RunAsync(new ChildCommand("/nowhere/program", []) { Environment = Minimal }, Long, 100,
            default)).ExitCode.ShouldBe(127);
    }

    [Fact]
    public async Task Of_long_errors_the_head_and_the_tail_are_kept()
    {
        var result =
            await ChildProcess.RunAsync(
                Shell("echo first >&2; head -c 1000000 /dev/zero | tr '\\0' x >&2; echo last >&2"), Long, 100, default);
        result.Errors.ShouldStartWith("first\nxxx");
        result.Errors.ShouldEndWith("xxx" + "last\n");
        result.Errors.Length.ShouldBeLessThan(70_000);
    }

    [Fact]
    public async Task A_detached_child_leaves_its_output_and_exit_code_also_after_a_signal()
    {
        var directory = Directory.CreateTempSubdirectory("tl-child-").FullName;
        try
        {
            var child = await ChildProcess.StartDetachedAsync(
                Shell("trap 'echo got; exit 9' TERM; echo err >&2; echo ready; while :; do sleep 0.05; done"),
                directory, default);
            await UntilAsync(() => Read("out") == "ready\n");
            ProcessIdentity.Parse(Read("pid").Split('\n')[0], Read("pid").Split('\n')[1]).ShouldBe(child.Identity);

            child.Identity!.SignalGroup(ProcessIdentity.Terminate);
            await child.Exited;

            (Read("out"), Read("exit").Trim()).ShouldBe(("ready\ngot\n", "9"));
            Read("err").ShouldStartWith("err\n");
            child.Identity.IsAlive.ShouldBeFalse();
            File.GetUnixFileMode(Path.Combine(directory, "out")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        string Read(string name) =>
            File.Exists(Path.Combine(directory, name)) ? File.ReadAllText(Path.Combine(directory, name)) : "";
    }

    [Fact]
    public void A_later_process_with_the_same_number_is_another()
    {
        var me = ProcessIdentity.Of(Environment.ProcessId)!;
        me.IsAlive.ShouldBeTrue();
        (me with { StartTicks = me.StartTicks + 1 }).IsAlive.ShouldBeFalse();
        (me with { Boot = "another" }).IsAlive.ShouldBeFalse();
        ProcessIdentity.Parse("12 (a) b) (c)) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4242 0", "boot\n")
            .ShouldBe(new ProcessIdentity(12, 4242, "boot"));
        ProcessIdentity.Parse("12 (x) Z 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4242 0", "boot").ShouldBeNull();
        ProcessIdentity.Parse("nonsense", "").ShouldBeNull();
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (var since = Stopwatch.GetTimestamp(); !holds(); await Task.Delay(10))
        {
            Stopwatch.GetElapsedTime(since).ShouldBeLessThan(Long);
        }
    }
}
