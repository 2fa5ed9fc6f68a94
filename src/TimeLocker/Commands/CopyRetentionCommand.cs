using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using TimeLocker.Core.Retention;
using TimeLocker.Server.Api;
using TimeLocker.Server.Retention;

namespace TimeLocker.Commands;

/// <summary>What stays in a further copy of a repository.</summary>
internal static class CopyRetentionCommand
{
    public static Command Build()
    {
        var name = new Argument<string>("name") { Description = "Name or id of the copy." };
        var named = new Option<string?>("--policy") { Description = "A policy with this name or id, instead of rules." };
        var all = new Option<bool>("--everything") { Description = "Nothing is removed from the copy." };
        var same = new Option<bool>("--same") { Description = "The same rules as in the original, which is what copies begin with." };
        return new Command("copy", "Shows or sets what stays in a copy of a repository: --same, rules, --policy or --everything.")
        {
            name, named, all, same,
        }.WithPolicy().Remote(async (parsed, client, output, ct) =>
        {
            var id = await Names.RepositoryAsync(client, parsed.GetValue(name)!, ct);
            var (policy, everything) = (PolicyOptions.Read(parsed), parsed.GetValue(all));
            var policyId = parsed.GetValue(named) is { } given ? await Names.PolicyAsync(client, given, ct) : null;
            var place = policy is null && policyId is null && !everything && !parsed.GetValue(same) ? await client.CallAsync("repositories.get", new { id }, ct)
                : await client.CallAsync("retention.set-copy", new JsonObject { ["id"] = id, ["policy"] = policy, ["policyId"] = policyId, ["everything"] = everything }, ct);
            return output.Say(place!["keeps"], place!["copyOfId"] is null ? "It is not a copy: each of its plans says what stays."
                : place["keeps"] is not { } keeps ? "The same stays in it as in the original."
                : keeps["policyId"] is { } by ? $"A policy with a name counts in it: {(await client.CallAsync("policies.get", new { id = by.ToString() }, ct))!["name"]}."
                : keeps["policy"] is null ? "Everything stays in it." : $"It has rules of its own: {PolicyText.Of(keeps["policy"].Deserialize<RetentionPolicy>(ApiJson.Options))}");
        });
    }
}
