using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Server;
using Xunit;

namespace TimeLocker.Tests.Server.Api;

/// <summary>The API's document holds what linters recommend (Redocly's rules), and says what the server does.</summary>
public sealed class ApiDocumentTests : IAsyncLifetime
{
    private DeskRig rig = null!;
    private JsonObject document = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        using var nobody = await rig.ClientAsync(null);
        // it holds no secret, and generators have no token
        document = (await nobody.GetFromJsonAsync<JsonObject>("api/v1/openapi.json"))!;
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public void It_says_who_may_ask_and_where()
    {
        Text(document["info"]!, "title", "version", "description");
        Text(document["info"]!["license"]!, "name", "identifier");
        document["info"]!["license"]!["identifier"]!.ToString().ShouldBe("MIT", "as in deploy/LICENSE");
        document["servers"]!.AsArray().Select(s => s!["url"]!.ToString()).ShouldBe(["/api/v1"]);
        document["security"]!.AsArray().ShouldHaveSingleItem()!.AsObject().Single().Key.ShouldBe("token");
        document["components"]!["securitySchemes"]!["token"]!["scheme"]!.ToString().ShouldBe("bearer");
        document["paths"]!.AsObject().ShouldAllBe(p => p.Key.StartsWith('/') && !p.Key.EndsWith('/') && !p.Key.Contains('?'));
        foreach (var tag in document["tags"]!.AsArray())
        {
            Text(tag!, "name", "description");
        }
    }

    [Theory]
    [InlineData("NewPlan")]
    [InlineData("BackupPlan")]
    public void Each_setting_of_a_plan_stands_beside_its_name_and_says_what_it_is(string schema)
    {
        var schemas = document["components"]!["schemas"]!;
        foreach (var path in TimeLocker.Tests.Core.Plans.EachSetting.Paths)
        {
            var field = path.Split('.').Aggregate(schemas[schema], (owner, member) => Whole(owner)?["properties"]?[member]);
            field.ShouldNotBeNull($"{schema}: {path}")["description"]!.ToString().ShouldNotBeNullOrWhiteSpace($"{schema}: {path}");
        }

        JsonNode? Whole(JsonNode? said) => said?["$ref"] is { } there ? schemas[there.ToString().Split('/')[^1]]
            : said?["oneOf"] is JsonArray either ? Whole(either[^1])
            : said;
    }

    [Fact]
    public void Every_operation_has_words_parameters_and_answers()
    {
        var tags = document["tags"]!.AsArray().Select(t => t!["name"]!.ToString()).ToList();
        var all = Operations().ToList();
        all.Select(o => o.Said["operationId"]!.ToString()).Order().ShouldBe(BuiltIns.Operations().All.Select(o => o.Name).Order());
        foreach (var (path, said) in all)
        {
            var name = said["operationId"]!.ToString();
            var operation = BuiltIns.Operations().Find(name)!;
            name.ShouldMatch("^[a-z0-9.-]+$");
            Text(said, "summary", "description");
            said["tags"]!.AsArray().ShouldHaveSingleItem()!.ToString().ShouldBeOneOf([.. tags]);
            var given = said["parameters"]?.AsArray() ?? [];
            given.Select(p => (p!["in"]!.ToString(), p["name"]!.ToString())).ShouldBeUnique();
            given.Where(p => p!["in"]!.ToString() == "path").Select(p => p!["name"]!.ToString())
                .ShouldBe(Regex.Matches(path, @"\{(\w+)\}").Select(m => m.Groups[1].Value), name);
            foreach (var parameter in given)
            {
                parameter!["description"]?.ToString().ShouldNotBeNullOrWhiteSpace($"{name}: {parameter["name"]}");
            }

            Answers(operation.Name, operation.Status, said["responses"]!.AsObject());
        }
    }

    private static void Answers(string name, int good, JsonObject answers)
    {
        answers.Select(a => a.Key).Where(k => k.StartsWith('2')).ShouldBe([$"{good}"], name);
        (answers[$"{good}"]!["content"]?.AsObject().Count > 0).ShouldBe(good != 204,
            $"{name}: a good answer has a content type, and nothing has none");
        foreach (var expected in (string[])["400", "401", "403", "429", "500", "503"])
        {
            answers.ContainsKey(expected).ShouldBeTrue($"{name}: {expected}");
        }

        foreach (var (status, answer) in answers)
        {
            Text(answer!, "description");
            if (status[0] != '2')
            {
                answer!["content"]!["application/problem+json"]!["schema"]!["$ref"]!.ToString()
                    .ShouldBe("#/components/schemas/Refusal");
            }
        }
    }

    [Fact]
    public void Every_schema_and_every_field_of_it_is_explained()
    {
        List<string> silent = [];
        foreach (var (name, schema) in Schemas())
        {
            silent.AddRange(string.IsNullOrWhiteSpace(schema!["description"]?.ToString()) ? [name] : []);
            var fields = schema["properties"]?.AsObject().ToDictionary() ?? [];
            silent.AddRange(fields.Where(f => string.IsNullOrWhiteSpace(f.Value!["description"]?.ToString()))
                .Select(f => $"{name}.{f.Key}"));
            (schema["discriminator"] is not null ? []
                : schema["required"]?.AsArray().Select(r => r!.ToString()) ?? []).ShouldBeSubsetOf(fields.Keys, name);
        }

        silent.ShouldBeEmpty();
    }

    [Fact]
    public void A_sentence_is_a_text()
    {
        Schemas().ShouldNotContain(s => s.Key == nameof(Text));
        string TypeOf(string schema, string field) =>
            document["components"]!["schemas"]![schema]!["properties"]![field]!["type"]!.ToJsonString();
        (TypeOf("StatusItem", "why"), TypeOf("TriggerState", "says")).ShouldBe(("\"string\"", "[\"null\",\"string\"]"));
    }

    [Fact]
    public void What_it_refers_to_is_there_and_what_is_there_is_referred_to()
    {
        var meant = Regex.Matches(document.ToJsonString(), @"""#/components/schemas/([^""]+)""")
            .Select(m => m.Groups[1].Value).ToHashSet();
        meant.Except(Schemas().Select(s => s.Key)).ShouldBeEmpty();
        Schemas().Select(s => s.Key).Except(meant).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_it_says_of_a_refusal_is_what_the_server_sends()
    {
        using var nobody = await rig.ClientAsync(null);
        using var answer = await nobody.GetAsync("api/v1/plans");
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await answer.Content.ReadFromJsonAsync<JsonObject>())!.Select(f => f.Key)
            .ShouldBe(document["components"]!["schemas"]!["Refusal"]!["properties"]!.AsObject().Select(f => f.Key));
    }

    [Fact]
    public async Task What_answers_nothing_is_204()
    {
        var plan = await rig.PlanAsync(await rig.RepositoryAsync(), "Papers", "/srv");
        using var client = await rig.ClientAsync(Role.Admin);
        using var answer = await client.DeleteAsync($"api/v1/plans/{plan.Id}");
        ((int)answer.StatusCode,
            await answer.Content.ReadAsStringAsync()).ShouldBe((BuiltIns.Operations().Find("plans.archive")!.Status,
                ""));
        ((int)answer.StatusCode).ShouldBe(204);
    }

    private IEnumerable<(string Path, JsonNode Said)> Operations() =>
        document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Where(v => v.Key is "get" or "post" or "put" or "delete")
                .Select(v => (path.Key, v.Value!)));

    private JsonObject Schemas() => document["components"]!["schemas"]!.AsObject();

    private static void Text(JsonNode said, params string[] fields)
    {
        foreach (var field in fields)
        {
            said[field]?.ToString().ShouldNotBeNullOrWhiteSpace(field);
        }
    }
}
