using System.CommandLine;

namespace TimeLocker.Commands;

/// <summary>What many commands are told: which plan, which repository.</summary>
internal static class CommonArguments
{
    public static Argument<string> Plan { get; } =
        new Argument<string>("plan") { Help = Texts.NameOrIdOfPlan }.Offering("plans.list");
    public static Argument<string> Repository { get; } =
        new Argument<string>("repository") { Help = Texts.NameOrIdOfRepository }.Offering("repositories.list");
    public static Option<string?> OfPlan { get; } =
        new Option<string?>("--plan") { Help = Texts.OnlyOfThisPlan }.Offering("plans.list");
    public static Option<bool> NoWait { get; } = new("--no-wait") { Help = Texts.PrintRunAndReturnAtOnce };

    public static Task<string> PlanAsync(ParseResult parsed, RpcClient client, CancellationToken ct) =>
        Names.PlanAsync(client, parsed.GetValue(Plan)!, ct);

    public static Task<string> RepositoryAsync(ParseResult parsed, RpcClient client, CancellationToken ct) =>
        Names.RepositoryAsync(client, parsed.GetValue(Repository)!, ct);

    public static async Task<string?> OfPlanAsync(ParseResult parsed, RpcClient client, CancellationToken ct) =>
        parsed.GetValue(OfPlan) is { } name ? await Names.PlanAsync(client, name, ct) : null;

    /// <summary>“field=value” of an option.</summary>
    public static KeyValuePair<string, string> Pair(string option, string given, Core.Text see) =>
        given.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
        ? new(given[..at], given[(at + 1)..])
        : throw Core.ProblemException.Invalid(Texts.NotFieldValue(given), Texts.TakesNameFieldValue(option), see);
}
