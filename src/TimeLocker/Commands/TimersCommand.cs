using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Schedules;
using TimeLocker.Server.Api;
using TimeLocker.Server.Triggers;

namespace TimeLocker.Commands;

/// <summary>Lets the system's own scheduler start a plan: systemd units or crontab lines on this machine.</summary>
internal static class TimersCommand
{
    private static readonly Option<TimerKind?> Kind = Choice.Option<TimerKind>("--kind", Texts.KindOfTimer);
    private static readonly Option<bool> System = new("--system") { Help = Texts.UnitsOfSystem };
    private static readonly Option<string?> Program = new("--program") { Help = Texts.ProgramOfTimer };

    public static Command Build() => new TextCommand("timers", Texts.AboutTimers)
    {
        Install(), Remove(), Print(),
    }.Remote(ListAsync).Also("list", Texts.ListsTimers);

    private static Argument<string> Plan => new Argument<string>("plan") { Help = Texts.NameOrIdOfPlan }.Offering("plans.list");

    private static Command Install()
    {
        var plan = Plan;
        return new TextCommand("install", Texts.InstallsTimer)
        {
            plan, Kind, System, Program,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var (target, kind) = (await TargetAsync(parsed, client, parsed.GetValue(plan)!, ct), KindOf(parsed));
            var say = kind == TimerKind.Cron ? await CronTab.InstallAsync(target, ct) : SystemdUnits.Write(target);
            try
            {
                await client.CallAsync("plans.timer",
                    new { id = target.PlanId, kind, system = target.System, rings = target.Schedules }, ct);
            }
            catch (ProblemException)
            {
                await TakeAwayAsync(target.PlanId, null, CancellationToken.None);
                throw;
            }

            await TakeAwayAsync(target.PlanId, (kind, target.System), ct); // one of another kind would call, too
            output.Line(say);
            if (kind == TimerKind.Systemd)
            {
                output.Line(await SystemdUnits.EnableAsync(target, ct));
            }

            if (output.Json)
            {
                output.Value(new { plan = target.PlanId, kind, system = target.System });
            }

            return Exit.Ok;
        });
    }

    private static Command Remove()
    {
        var plan = Plan;
        return new TextCommand("remove", Texts.RemovesPlansTimer)
        {
            plan,
        }.Remote(async (parsed, client, output, ct) =>
        {
            // By id also of a plan that is archived, or that the server does not know any more: its timer rings on.
            var (given, isId) = (parsed.GetValue(plan)!, Guid.TryParse(parsed.GetValue(plan), out var id));
            id = isId ? id : Guid.Parse(await Names.PlanAsync(client, given, ct));
            var removed = await TakeAwayAsync(id, null, ct);
            var archived = false;
            try
            {
                archived = (await client.CallAsync("plans.timer", new { id, kind = (TimerKind?)null },
                    ct))!["archivedAt"] is not null;
            }
            catch (ProblemException e) when (e.Kind == ProblemKind.NotFound && removed.Count > 0)
            {
                return output.Say(new { plan = id, removed },
                    Text.Of(Texts.TimersRemoved(string.Join(", ", removed)), Texts.PlanUnknownToServer));
            }

            var after = archived ? Texts.PlanIsArchived : Texts.OwnScheduleStartsPlan;
            return output.Say(
                new { plan = id, removed },
                Text.Of(removed.Count == 0 ? Texts.NoTimerHere : Texts.TimersRemoved(string.Join(", ", removed)), after));
        });
    }

    // Where their timer is, its last call and the next, and whether it is out of date.
    private static async Task<int> ListAsync(ParseResult parsed, RpcClient client, Output output, CancellationToken ct)
    {
        var here = SystemdUnits.Installed().Concat(await CronTab.InstalledAsync(ct)).ToLookup(i => i.Plan, i => i.Where);
        var known = (await client.CallAsync("timers.list", null, ct))!["items"].Deserialize<List<TimerState>>(ApiJson.Options)!;
        var plans = (await client.CallAsync("plans.list", null, ct))!["items"]
            .Deserialize<List<BackupPlan>>(ApiJson.Options)!.ToDictionary(p => p.Id);
        var rows = known.Select(t => new
        {
            plan = t.PlanId,
            name = t.Name,
            kind = (TimerKind?)t.Timer.Kind,
            system = (bool?)t.Timer.System,
            installed = here[t.PlanId],
            calledAt = t.Timer.CalledAt,
            next = t.Next,
            rings = t.Rings,
            trouble = t.Trouble is { } p ? $"{p.What.Full} {p.Next.Full}" : here.Contains(t.PlanId) ? t.Hint
                : Texts.NotFoundOnThisMachine,
        }).Concat(here.Where(h => known.All(t => t.PlanId != h.Key)).Select(h => new
        {
            plan = h.Key,
            name = plans.TryGetValue(h.Key, out var plan) ? plan.Name : "?",
            kind = (TimerKind?)null,
            system = (bool?)null,
            installed = h.AsEnumerable(),
            calledAt = (DateTimeOffset?)null,
            next = (DateTimeOffset?)null,
            rings = (IReadOnlyList<string>)[],
            trouble = (string?)(plans.ContainsKey(h.Key) ? Texts.ServerDoesNotKnowTimer
                : Texts.PlanOfTimerIsGone(TextArgument.Of(h.Key))),
        })).ToList();
        return output.Table(JsonSerializer.SerializeToNode(rows, ApiJson.Options),
            (Texts.ColumnPlan, r => r["name"]?.ToString()),
            (Texts.ColumnTimer, r => r["kind"]?.ToString()),
            (Texts.ColumnWhere, r => string.Join(", ", r["installed"]!.AsArray())),
            (Names.When(Texts.ColumnLastCall), r => r["calledAt"] is { } at ? Names.Time(at) : Texts.NeverCalled),
            (Names.When(Texts.ColumnNext), r => Names.Time(r["next"])),
            (Text.Empty, r => r["trouble"]?.ToString()));
    }

    private static Command Print()
    {
        var plan = Plan;
        return new TextCommand("print", Texts.PrintsTimer)
        {
            plan, Kind, System, Program,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var target = await TargetAsync(parsed, client, parsed.GetValue(plan)!, ct);
            var files = KindOf(parsed) == TimerKind.Cron
                ? new Dictionary<string, string> { ["crontab"] = await CronTab.LinesAsync(target, ct) }
                : new()
                {
                    [SystemdUnits.PathOf(target, "timer")] = SystemTimerUnits.Timer(target),
                    [SystemdUnits.PathOf(target, "service")] = SystemTimerUnits.Service(target),
                };
            return output.Say(files, [.. files.Select(file => $"# {file.Key}\n{file.Value}")]);
        });
    }

    private static TimerKind KindOf(ParseResult parsed) => parsed.GetValue(Kind) ?? TimerKind.Systemd;

    private static async Task<SystemTimerTarget> TargetAsync(ParseResult parsed, RpcClient client, string given,
        CancellationToken ct)
    {
        var plan = await client.CallAsync<BackupPlan>("plans.get", new { id = await Names.PlanAsync(client, given, ct) }, ct);
        var (data, system) = (CommandFrame.Options(parsed).Data, parsed.GetValue(System));
        if (system && KindOf(parsed) == TimerKind.Cron)
        {
            throw ProblemException.Invalid(Problems.CronNoLinesSystem);
        }

        return new(plan.Id, plan.Name, plan.Schedules,
            Path.GetFullPath(parsed.GetValue(Program) ?? Environment.ProcessPath!), data, system)
        {
            User = system ? await SystemdUnits.OwnerAsync(data, ct) : null,
            DotnetRoot = Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root ? root : null,
        };
    }

    // All but one: user's units, the system's, crontab lines.
    private static async Task<List<string>> TakeAwayAsync(Guid plan, (TimerKind Kind, bool System)? keep, CancellationToken ct)
    {
        var removed = new List<string>();
        foreach (var system in (bool[])[false, true])
        {
            removed.AddRange(keep == (TimerKind.Systemd, system) ? [] : await SystemdUnits.RemoveAsync(plan, system, ct));
        }

        if (keep?.Kind != TimerKind.Cron && await CronTab.RemoveAsync(plan, ct))
        {
            removed.Add("crontab");
        }

        return removed;
    }
}
