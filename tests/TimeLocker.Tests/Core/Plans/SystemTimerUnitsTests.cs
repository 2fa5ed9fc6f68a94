using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Processes;
using Xunit;

namespace TimeLocker.Tests.Core.Plans;

public sealed class SystemTimerUnitsTests : IDisposable
{
    private static readonly Guid Plan = Guid.Parse("0199aaaa-bbbb-7ccc-8ddd-eeeeffff0001"),
        Other = Guid.Parse("0199aaaa-bbbb-7ccc-8ddd-eeeeffff0002");

    private readonly string folder = Directory.CreateTempSubdirectory("tl-units-").FullName;

    private static SystemTimerTarget Target =>
        new(Plan, "Anna's 100 % papers",
            [new("30 20 * * MON-FRI", "Europe/Berlin") { DelayMinutes = 10 }, new("0 6 * * SUN", "UTC")],
            "/opt/time locker/timelocker", "/home/anna/$tate", System: false);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_timer_has_a_line_for_each_schedule() => SystemTimerUnits.Timer(Target).ShouldBe("""
        # Written by “timelocker timers install”; “timelocker timers remove” takes it away.
        [Unit]
        Description=When TimeLocker backs up: Anna's 100 %% papers

        [Timer]
        OnCalendar=Mon..Fri *-*-* 20:30:00 Europe/Berlin
        OnCalendar=Sun *-*-* 06:00:00 UTC
        Persistent=true
        AccuracySec=1s
        RandomizedDelaySec=10min
        FixedRandomDelay=true

        [Install]
        WantedBy=timers.target

        """);

    [Fact]
    public void A_service_calls_by_id_and_paths_are_quoted_for_systemd()
    {
        var service = SystemTimerUnits.Service(Target with { DotnetRoot = "/opt/dot net" });

        service.ShouldContain(
            $"ExecStart=\"/opt/time locker/timelocker\" backup {Plan} --from-timer --data \"/home/anna/$$tate\"\n");
        service.ShouldContain("Environment=\"DOTNET_ROOT=/opt/dot net\"\n");
        service.ShouldNotContain("User=");
        SystemTimerUnits.Service(Target with { System = true, User = 1000 }).ShouldContain("\nUser=1000\n");
        SystemTimerUnits.Service(Target with { System = true }).ShouldNotContain("User=");
        Should.Throw<ProblemException>(() => SystemTimerUnits.Service(Target with { Data = "/home/a\nExecStart=/bin/sh" }));
        Should.Throw<ProblemException>(() =>
            SystemTimerUnits.Timer(Target with { Schedules = [] })).Problem.What.Full.ShouldContain("no schedule");
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("evil\nExecStart=/bin/false\n[Service]")]
    [InlineData("ends with a backslash \\")]
    public async Task Systemd_accepts_the_units_whatever_the_plan_is_called(string name)
    {
        foreach (var system in (bool[])[false, true])
        {
            var target = Target with
            {
                PlanName = name,
                Program = "/bin/true",
                Data = "/home/anna/$tate 100%",
                System = system,
                User = system ? 65534 : null,
            };
            File.WriteAllText(Path.Combine(folder, "t.timer"), SystemTimerUnits.Timer(target));
            File.WriteAllText(Path.Combine(folder, "t.service"), SystemTimerUnits.Service(target));

            var (exit, said) = await AnalyzeAsync("verify", "--man=no", Path.Combine(folder, "t.timer"),
                Path.Combine(folder, "t.service"));

            exit.ShouldBe(0, said);
            said.Split('\n')
                .Where(l => l.Contains("t.timer", StringComparison.Ordinal)
                    || l.Contains("t.service", StringComparison.Ordinal)).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task The_service_of_the_system_is_shut_in()
    {
        File.WriteAllText(Path.Combine(folder, "t.service"),
            SystemTimerUnits.Service(Target with { Program = "/bin/true", System = true, User = 65534 }));

        var (exit, said) = await AnalyzeAsync("security", "--offline=yes", "--no-pager", Path.Combine(folder, "t.service"));

        var exposure = decimal.Parse(Regex.Match(said, @"exposure level for t\.service: ([0-9.]+)").Groups[1].Value,
            CultureInfo.InvariantCulture);
        (exit, exposure <= 2.5m).ShouldBe((0, true), said);
    }

    [Fact]
    public void Crontab_lines_stand_between_markers_and_are_quoted_for_the_shell_and_for_cron()
    {
        var target = Target with { Schedules = [new("30 20 * * MON-FRI", "Europe/Berlin")], Data = "/home/anna/it's 100%" };

        SystemTimerUnits.Crontab(target, "Europe/Berlin", knowsZones: false).ShouldBe($"""
            # BEGIN TimeLocker plan {Plan}
            # Anna's 100 %% papers
            30 20 * * 1,2,3,4,5 '/opt/time locker/timelocker' backup {Plan} --from-timer --data '/home/anna/it'\''s 100\%' >/dev/null 2>&1
            # END TimeLocker plan {Plan}

            """);
    }

    [Fact]
    public void A_zone_that_is_not_the_machines_needs_a_cron_that_knows_zones()
    {
        var target = Target with { Schedules = [new("30 20 * * *", "Europe/Berlin"), new("0 6 * * *", "UTC")] };

        Should.Throw<ProblemException>(() => SystemTimerUnits.Crontab(target, "UTC",
            knowsZones: false)).Problem.Next.Full.ShouldContain("systemd");
        SystemTimerUnits.Crontab(target with { Schedules = [new("0 6 * * *", "UTC")] }, "Etc/UTC", knowsZones: false)
            .ShouldContain("0 6 * * * ");
        SystemTimerUnits.Crontab(target, "UTC", knowsZones: true).Split('\n')
            .Where(l => l.StartsWith("CRON_TZ=", StringComparison.Ordinal))
            .ShouldBe(["CRON_TZ=Europe/Berlin", "CRON_TZ=UTC", "CRON_TZ=UTC"]);
    }

    [Fact]
    public void Only_the_lines_of_that_plan_are_replaced_and_removed()
    {
        var mine = "MAILTO=anna\n# my own\n0 1 * * * echo hello\n";
        string Lines(Guid plan, string minute) =>
            SystemTimerUnits.Crontab(Target with { PlanId = plan, Schedules = [new($"{minute} 20 * * *", "UTC")] },
                "UTC", false);

        var both = SystemTimerUnits.Edit(SystemTimerUnits.Edit(mine, Plan, Lines(Plan, "1")), Other, Lines(Other, "2"));
        var moved = SystemTimerUnits.Edit(both, Plan, Lines(Plan, "3"));

        SystemTimerUnits.PlansIn(both).ShouldBe([Plan, Other]);
        moved.ShouldBe(mine + Lines(Other, "2") + Lines(Plan, "3"));
        SystemTimerUnits.Edit(SystemTimerUnits.Edit(moved, Plan, null), Other, null).ShouldBe(mine);
        SystemTimerUnits.Edit("", Plan, Lines(Plan, "1")).ShouldBe(Lines(Plan, "1"));
        SystemTimerUnits.PlanOf(SystemTimerUnits.NameOf(Plan) + ".timer").ShouldBe(Plan);
        SystemTimerUnits.PlanOf("timelocker.timer").ShouldBeNull();
    }

    private static async Task<(int Exit, string Said)> AnalyzeAsync(params string[] arguments)
    {
        var answer = await ChildProcess.RunAsync(new("systemd-analyze",
            arguments)
        {
            Environment = new Dictionary<string,
                string>
            { ["PATH"] = Environment.GetEnvironmentVariable("PATH")!, ["SYSTEMD_COLORS"] = "0" }
        },
                TimeSpan.FromMinutes(1), 1 << 20, default);
        return (answer.ExitCode, Encoding.UTF8.GetString(answer.Output) + answer.Errors);
    }
}
