using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Core.Retention;
using TimeLocker.Server.Api;
using TimeLocker.Server.Retention;

namespace TimeLocker.Commands;

/// <summary>What stays in a further copy of a repository.</summary>
internal static class CopyRetentionCommand
{
    public static Command Build()
    {
        var name = new Argument<string>("name") { Help = Texts.NameOrIdOfCopy };
        var named = new Option<string?>("--policy") { Help = Texts.PolicyWithThisNameOrId };
        var all = new Option<bool>("--everything") { Help = Texts.CopyKeepsEverything };
        var same = new Option<bool>("--same") { Help = Texts.SameRulesAsOriginal };
        return new TextCommand("copy", Texts.ShowsOrSetsRetentionOfCopy)
        {
            name, named, all, same,
        }.WithPolicy().Remote(async (parsed, client, output, ct) =>
        {
            var id = await Names.RepositoryAsync(client, parsed.GetValue(name)!, ct);
            var (policy, everything) = (PolicyOptions.Read(parsed), parsed.GetValue(all));
            var policyId = parsed.GetValue(named) is { } given ? await Names.PolicyAsync(client, given, ct) : null;
            var place = policy is null && policyId is null && !everything && !parsed.GetValue(same)
                ? await client.CallAsync("repositories.get", new { id }, ct)
                : await client.CallAsync("retention.set-copy",
                    new JsonObject
                    {
                        ["id"] = id,
                        ["policy"] = policy,
                        ["policyId"] = policyId,
                        ["everything"] = everything,
                    }, ct);
            return output.Say(place!["keeps"], place!["copyOfId"] is null ? Texts.NotACopy
                : place["keeps"] is not { } keeps ? Texts.SameStaysInCopy
                : keeps["policyId"] is { } by
                    ? Texts.NamedPolicyOfCopy(TextArgument.Of((await client.CallAsync("policies.get",
                        new { id = by.ToString() }, ct))!["name"]))
                : keeps["policy"] is null ? Texts.EverythingStaysInCopy
                : Texts.OwnRulesOfCopy(PolicyText.Of(keeps["policy"].Deserialize<RetentionPolicy>(ApiJson.Options))));
        });
    }
}
