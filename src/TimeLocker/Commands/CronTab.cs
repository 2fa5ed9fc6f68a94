using System.Text;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Processes;

namespace TimeLocker.Commands;

/// <summary>The crontab of this user, read and written through <c>crontab</c>.</summary>
internal static class CronTab
{
    private const int NotInstalled = 127;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<string> LinesAsync(SystemTimerTarget target, CancellationToken ct) =>
        SystemTimerUnits.Crontab(target, TimeZoneInfo.Local.Id, await KnowsZonesAsync(ct));

    /// <returns>What was done, for people.</returns>
    public static async Task<Text> InstallAsync(SystemTimerTarget target, CancellationToken ct)
    {
        var lines = await LinesAsync(target, ct);
        var before = await ReadAsync(ct) ?? throw new ProblemException(ProblemKind.Failed, Problems.NoCronHereProgram);
        await WriteAsync(SystemTimerUnits.Edit(before, target.PlanId, lines), ct);
        return Texts.WroteItsLinesIntoCrontab;
    }

    public static async Task<bool> RemoveAsync(Guid plan, CancellationToken ct)
    {
        if (await ReadAsync(ct) is not { } before || !SystemTimerUnits.PlansIn(before).Contains(plan))
        {
            return false;
        }

        await WriteAsync(SystemTimerUnits.Edit(before, plan, null), ct);
        return true;
    }

    public static async Task<IEnumerable<(Guid Plan, string Where)>> InstalledAsync(CancellationToken ct) =>
        SystemTimerUnits.PlansIn(await ReadAsync(ct) ?? "").Select(plan => (plan, "crontab"));

    // Null: there is no cron. A user without a crontab has an empty one.
    private static async Task<string?> ReadAsync(CancellationToken ct)
    {
        var answer = await AskAsync(["-l"], "", ct);
        return answer.ExitCode == NotInstalled ? null : answer.ExitCode == 0 ? Encoding.UTF8.GetString(answer.Output)
            : answer.Errors.Contains("no crontab", StringComparison.OrdinalIgnoreCase) ? "" : throw Refused("read", answer);
    }

    private static async Task WriteAsync(string text, CancellationToken ct)
    {
        var answer = await AskAsync(["-"], text, ct);
        if (answer.ExitCode != 0)
        {
            throw Refused("written", answer);
        }
    }

    // cronie says its name; Debian's cron does not know the option, and no zones.
    private static async Task<bool> KnowsZonesAsync(CancellationToken ct) =>
        await AskAsync(["-V"], "", ct) is var answer
            && (Encoding.UTF8.GetString(answer.Output) + answer.Errors).Contains("cronie",
                StringComparison.OrdinalIgnoreCase);

    private static Task<ChildResult> AskAsync(string[] arguments, string input, CancellationToken ct) =>
        ChildProcess.RunAsync(new("crontab", arguments)
        {
            Environment = SystemdUnits.Environment,
            Input = Encoding.UTF8.GetBytes(input),
        }, Patience, 1 << 20, ct);

    private static ProblemException Refused(string done, ChildResult answer) =>
        new(ProblemKind.Failed, Texts.CrontabCannot(done), Text.Verbatim(answer.Errors.Trim()), Texts.SeeCrontabE);
}
