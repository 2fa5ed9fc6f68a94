using System.CommandLine;
using System.Text.Json.Nodes;

namespace TimeLocker.Commands;

internal static class PoliciesCommand
{
    private static readonly Argument<string> Name = new Argument<string>("name") { Description = "Name or id of the policy." }.Offering("policies.list");

    public static Command Build() => new Command("policies", "Lists the retention policies; makes, changes, duplicates and deletes them.")
    {
        Create(), Change(), Duplicate(), Delete(),
    }.Remote(async (_, client, output, ct) =>
        output.Table(await client.CallAsync("policies.list", null, ct),
            ("ID", p => p["id"]?.ToString()),
            ("Name", p => p["name"]?.ToString()),
            ("Rules", p => Rules(p["policy"]!)),
            ("Plans", p => p["usedBy"]?.ToString()))).Also("list");

    private static Command Create()
    {
        var template = new Option<string?>("--template") { Description = "Begin with home, office, accounting, server or small." };
        var fresh = new Argument<string>("name") { Description = "What you will call it." };
        return new Command("create", "Makes a policy: for example create Office --keep-daily 31 --keep-monthly 24")
        {
            fresh, template,
        }.WithPolicy().Remote(async (parsed, client, output, ct) =>
        {
            var rules = new JsonObject();
            if (parsed.GetValue(template) is { } wanted)
            {
                var all = (await client.CallAsync("policies.templates", null, ct))!["items"]!.AsArray().OfType<JsonNode>().ToList();
                rules = (all.FirstOrDefault(t => t["name"]!.ToString() == wanted) ?? throw Core.ProblemException.Invalid(Problems.NoTemplateThereAre(wanted, string.Join(", ", all.Select(t => t["name"])))))["policy"]!.DeepClone().AsObject();
            }

            foreach (var (member, value) in PolicyOptions.Read(parsed) ?? [])
            {
                rules[member] = value?.DeepClone();
            }

            return Say(await client.CallAsync("policies.create", new JsonObject { ["name"] = parsed.GetValue(fresh), ["policy"] = rules }, ct), "Made", output);
        });
    }

    private static Command Change() => new Command("change", "Changes a policy's rules, for every plan that uses it. Rules you leave out stay as they are.")
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
            "Changed",
            output);
    });

    private static Command Duplicate()
    {
        var to = new Option<string?>("--as") { Description = "Its name." };
        return new Command("duplicate", "Makes a policy like this one.") { Name, to }.Remote(async (parsed, client, output, ct) =>
            Say(await client.CallAsync("policies.duplicate", new { id = await Names.PolicyAsync(client, parsed.GetValue(Name)!, ct), name = parsed.GetValue(to) }, ct), "Made", output));
    }

    private static Command Delete() => new Command("delete", "Deletes a policy that no plan uses.") { Name }.Remote(async (parsed, client, output, ct) =>
    {
        await client.CallAsync("policies.delete", new { id = await Names.PolicyAsync(client, parsed.GetValue(Name)!, ct) }, ct);
        return output.Say(new { name = parsed.GetValue(Name), deleted = true }, "Deleted.");
    });

    private static int Say(JsonNode? policy, string verb, Output output)
    {
        return output.Say(policy, $"{verb} “{policy!["name"]}” ({policy["id"]}): {Rules(policy["policy"]!)}");
    }

    private static string Rules(JsonNode policy) => string.Join(", ", policy.AsObject().Where(r => r.Value is not null && r.Value.ToString() is not ("0" or "" or "[]")).Select(r => $"{r.Key} {(r.Value is JsonArray tags ? string.Join('+', tags) : r.Value)}"));
}
