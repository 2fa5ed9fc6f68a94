using System.Globalization;
using System.Text.Json.Nodes;
using TimeLocker.Core;

namespace TimeLocker.Commands;

/// <summary>
/// People give names, the API takes ids; people read local times and binary units, the API gives instants and bytes.
/// </summary>
internal static class Names
{
    private const int MostNamed = 20;

    public static Task<string> RepositoryAsync(RpcClient client, string given, CancellationToken ct) =>
        FindAsync(client, "repositories.list", "repository", given, ct);

    public static Task<string> PlanAsync(RpcClient client, string given, CancellationToken ct) =>
        FindAsync(client, "plans.list", "plan", given, ct);

    public static Task<string> MachineAsync(RpcClient client, string given, CancellationToken ct) =>
        FindAsync(client, "machines.list", "machine", given, ct);

    /// <summary>Without a name: the first one.</summary>
    public static async Task<string> MachineOrFirstAsync(RpcClient client, string? given, CancellationToken ct) =>
        given is not null ? await MachineAsync(client, given, ct)
        : (await client.CallAsync("machines.list", null, ct))!["items"]!.AsArray() is [{ } first, ..] ? first["id"]!.ToString()
        : throw new ProblemException(ProblemKind.NotFound, Problems.NoMachineYetServer);

    public static Task<string> ChannelAsync(RpcClient client, string given, CancellationToken ct) =>
        FindAsync(client, "channels.list", "channel", given, ct);

    public static Task<string> PolicyAsync(RpcClient client, string given, CancellationToken ct) =>
        FindAsync(client, "policies.list", "policy", given, ct);

    /// <summary>What a change of it, as a whole, is made from.</summary>
    public static async Task<int> RevisionAsync(RpcClient client, string get, string id, CancellationToken ct) =>
        (int)(await client.CallAsync(get, new { id }, ct))!["revision"]!;

    public static Task<string> RuleAsync(RpcClient client, string given, CancellationToken ct) =>
        FindAsync(client, "rules.list", "rule", given, ct);

    /// <summary>The title of a column with times: whose clock they are of.</summary>
    public static Text When(Text title) => Texts.InZone(title, Zone);

    /// <summary>A column whose cells stay on one line.</summary>
    public static bool AreWhole(Text title) => title.Is(Texts.ColumnId) || title.Is(When(title));

    private static TextArgument Zone => TimeZoneInfo.Local.Id is { Length: > 0 } id and not "Local" ? id : Texts.ThisComputersClock;

    /// <summary>In a column whose title names the zone.</summary>
    public static string Time(JsonNode? at) =>
        at is null ? ""
            : DateTimeOffset.Parse(at.ToString(), CultureInfo.InvariantCulture).ToLocalTime()
                .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>In a sentence.</summary>
    public static Text Moment(JsonNode? at) => Texts.InZone(Time(at), Zone);

    /// <summary>How many; what is not there counts as none.</summary>
    public static long Number(JsonNode? count) => (long?)count ?? 0;

    public static string Bytes(JsonNode? bytes)
    {
        if (bytes is null)
        {
            return "";
        }

        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        var (value, unit) = ((double)(long)bytes, 0);
        for (; value >= 1024 && unit < units.Length - 1; unit++)
        {
            value /= 1024;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.###} {units[unit]}");
    }

    private static Text Some(List<JsonNode> all) => ShortList.Of(all.ConvertAll(one => $"{one["name"]}"), MostNamed);

    private static async Task<string> FindAsync(RpcClient client, string list, string noun, string given, CancellationToken ct)
    {
        var all = (await client.CallAsync(list, null, ct))!["items"]!.AsArray().OfType<JsonNode>().ToList();
        Text next = Texts.GiveNameOrId(noun);
        List<JsonNode> alike = [.. all.Where(o => string.Equals(o["name"]!.ToString(), given, StringComparison.OrdinalIgnoreCase))];
        var found = all.FirstOrDefault(o => o["id"]!.ToString() == given)
            ?? alike.FirstOrDefault(o => o["name"]!.ToString() == given) ?? alike switch
            {
                [var one] => one,
                [] => throw new ProblemException(ProblemKind.NotFound, Texts.NoneOfThatName(noun, given),
                    all.Count == 0 ? Texts.NoneAllYet
                    : all.Count == 1 ? Texts.Only(Some(all))
                    : Texts.ThereAre(Some(all)),
                    next),
                _ => throw new ProblemException(ProblemKind.Conflict, Problems.MeansMoreThanOne(given, noun, Some(alike))),
            };
        return found["id"]!.ToString();
    }
}
