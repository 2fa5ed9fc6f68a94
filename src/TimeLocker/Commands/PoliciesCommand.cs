using System.CommandLine;
using System.Text.Json.Nodes;
using TimeLocker.Core;

namespace TimeLocker.Commands;

internal static class PoliciesCommand
{
    private static readonly Argument<string> Name =
        new Argument<string>("name") { Help = Texts.NameOrIdOfPolicy }.Offering("policies.list");

    public static Command Build() => new TextCommand("policies", Texts.AboutPolicies)
    {
        Create(), Change(), Duplicate(), Delete(),
    }.Remote(async (_, client, output, ct) =>
        output.Table(await client.CallAsync("policies.list", null, ct),
            (Texts.ColumnId, p => p["id"]?.ToString()),
            (Texts.ColumnName, p => p["name"]?.ToString()),
            (Texts.ColumnRules, p => Rules(p["policy"]!)),
            (Texts.ColumnPlans, p => p["usedBy"]?.ToString()))).Also("list", Texts.ListsRetentionPolicies);

    private static Command Create()
    {
        var template = new Option<string?>("--template") { Help = Texts.PolicyTemplates };
        var fresh = new Argument<string>("name") { Help = Texts.NameYouChoose };
        return new TextCommand("create", Texts.MakesPolicy)
        {
            fresh, template,
        }.WithPolicy().Remote(async (parsed, client, output, ct) =>
        {
            var rules = new JsonObject();
            if (parsed.GetValue(template) is { } wanted)
            {
                var all = (await client.CallAsync("policies.templates", null, ct))!["items"]!.AsArray().OfType<JsonNode>().ToList();
                rules = (all.FirstOrDefault(t => t["name"]!.ToString() == wanted)
                    ?? throw Core.ProblemException.Invalid(Problems.NoTemplateThereAre(wanted,
                        string.Join(", ", all.Select(t => t["name"])))))["policy"]!.DeepClone().AsObject();
            }

            foreach (var (member, value) in PolicyOptions.Read(parsed) ?? [])
            {
                rules[member] = value?.DeepClone();
            }

            var answer = await client.CallAsync("policies.create",
                new JsonObject { ["name"] = parsed.GetValue(fresh), ["policy"] = rules }, ct);
            return Say(answer, made: true, output);
        });
    }

    private static Command Change() => new TextCommand("change", Texts.ChangesPolicy)
    {
        Name,
    }.WithPolicy().Remote(async (parsed, client, output, ct) =>
    {
        var id = await Names.PolicyAsync(client, parsed.GetValue(Name)!, ct);
        var now = (await client.CallAsync("policies.get", new { id }, ct))!;
        var rules = now["policy"]!.DeepClone().AsObject();
        foreach (var (member, value) in PolicyOptions.Read(parsed) ?? [])
        {
            rules[member] = value?.DeepClone();
        }

        return Say(
            await client.CallAsync("policies.update",
                new JsonObject
                {
                    ["id"] = id,
                    ["name"] = now["name"]!.ToString(),
                    ["policy"] = rules,
                    ["revision"] = (int)now["revision"]!,
                },
                ct),
            made: false,
            output);
    });

    private static Command Duplicate()
    {
        var to = new Option<string?>("--as") { Help = Texts.ItsName };
        return new TextCommand("duplicate", Texts.MakesPolicyLikeThisOne) { Name, to }.Remote(async (parsed, client, output, ct) =>
        {
            var id = await Names.PolicyAsync(client, parsed.GetValue(Name)!, ct);
            return Say(await client.CallAsync("policies.duplicate", new { id, name = parsed.GetValue(to) }, ct),
                made: true, output);
        });
    }

    private static Command Delete() =>
        new TextCommand("delete",
            Texts.DeletesPolicyThatNoPlanUses) { Name }.Remote(async (parsed, client, output, ct) =>
    {
        await client.CallAsync("policies.delete", new { id = await Names.PolicyAsync(client, parsed.GetValue(Name)!, ct) }, ct);
        return output.Say(new { name = parsed.GetValue(Name), deleted = true }, Texts.PolicyDeleted);
    });

    private static int Say(JsonNode? policy, bool made, Output output)
    {
        return output.Say(policy,
            Texts.PolicySaved(made, TextArgument.Of(policy!["name"]), TextArgument.Of(policy["id"]),
                Rules(policy["policy"]!)));
    }

    private static string Rules(JsonNode policy) =>
        string.Join(", ",
            policy.AsObject().Where(r => r.Value is not null && r.Value.ToString() is not ("0" or "" or "[]"))
                .Select(r => $"{r.Key} {(r.Value is JsonArray tags ? string.Join('+', tags) : r.Value)}"));
}
