using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core.Runs;
using TimeLocker.Server;
using TimeLocker.Server.Api;
using Xunit;

namespace TimeLocker.Tests.Server.Api;

/// <summary>
/// Thousands of requests that are wrong in some way, always the same ones: over all operations and both ways in. Each
/// gets an answer with words, none finds a fault of ours, and what is refused is not carried out.
/// </summary>
public sealed partial class MutatedRequestsTests : IAsyncLifetime
{
    private const int OfEach = 12, OfOneToken = 400;

    private readonly Random chance = new(20261130);
    private readonly List<string> wrong = [];
    private readonly Dictionary<int, int> answers = [];
    private DemoRig rig = null!;
    private Mutations mutations = null!;
    private (HttpClient Client, string Id) caller;
    private int sent;

    public async Task InitializeAsync()
    {
        rig = await DemoRig.StartAsync();
        await using var db = await rig.DatabaseAsync();
        List<string> ids = [.. await db.Plans.Select(p => p.Id.ToString()).ToListAsync(),
            .. await db.Repositories.Select(r => r.Id.ToString()).ToListAsync(),
            .. await db.Machines.Select(m => m.Id.ToString()).ToListAsync(),
                .. await db.Runs.OldestFirst().Take(20).Select(r => r.Id.ToString()).ToListAsync(),
                    .. await db.Snapshots.OrderBy(s => s.Id).Take(20).Select(s => s.Id).ToListAsync()];
        mutations = new(chance, ids, rig.Services);
    }

    public async Task DisposeAsync()
    {
        caller.Client?.Dispose();
        await rig.DisposeAsync();
    }

    [Fact]
    public async Task Every_wrong_request_is_refused_in_words_and_not_carried_out()
    {
        foreach (var operation in BuiltIns.Operations().All)
        {
            for (var n = 0; n < OfEach; n++)
            {
                await AskAsync(operation.Name, () => Rest(operation));
                if (!operation.Streams)
                {
                    await AskAsync(operation.Name, () => Rpc(operation));
                }
            }
        }

        wrong.ShouldBeEmpty(
            $"{sent} requests: {string.Join(", ", answers.OrderBy(a => a.Key).Select(a => $"{a.Key}: {a.Value}"))}");
        rig.Faults.ShouldBeEmpty();
        sent.ShouldBeGreaterThan(2000);
        answers.Keys.ShouldBeSubsetOf([200, 201, 204, 400, 401, 404, 405, 409, 413, 415, 424, 428, 503]);
    }

    private HttpRequestMessage Rest(Operation operation)
    {
        var verb = chance.Next(25) == 0
            ? mutations.Pick(HttpMethod.Get, HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch)
            : operation.Method;
        var request = new HttpRequestMessage(verb, $"api/v1{mutations.Address(operation)}");
        if (verb != HttpMethod.Get && chance.Next(20) > 0)
        {
            request.Content = new ByteArrayContent(mutations.Bytes(mutations.Body(operation)));
            request.Content.Headers.ContentType = chance.Next(20) == 0
                ? mutations.Pick(null, new MediaTypeHeaderValue("text/plain"), new("application/json", "utf-16"),
                    new("multipart/form-data")) : new("application/json");
        }

        return request;
    }

    private HttpRequestMessage Rpc(Operation operation)
    {
        var call = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = 1,
            ["method"] = operation.Name,
            ["params"] = mutations.Parameters(operation),
        };
        return new(HttpMethod.Post,
            "rpc")
        {
            Content = new ByteArrayContent(mutations.Bytes(chance.Next(8) == 0 ? mutations.Mutated(call)
                : call))
            { Headers = { ContentType = new("application/json") } }
        };
    }

    private async Task AskAsync(string name, Func<HttpRequestMessage> make)
    {
        if (sent++ % OfOneToken == 0)
        {
            caller.Client?.Dispose();
            caller = await rig.ClientAsync();
        }

        using var request = make();
        var overRpc = request.RequestUri!.OriginalString == "rpc";
        var (body, before) = (request.Content is null ? "" : await request.Content.ReadAsStringAsync(), await LastEntryAsync());
        var told = $"{name}: {request.Method} {request.RequestUri} {(body.Length > 300 ? body[..300] : body)}";
        using var answer = await caller.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var status = (int)answer.StatusCode;
        var type = answer.Content.Headers.ContentType?.MediaType;
        var error = type == "text/event-stream" || (status < 300 && !overRpc) ? null
            : JsonNode.Parse(await answer.Content.ReadAsStringAsync() is { Length: > 0 } said ? said : "null");
        if (status == 200 && overRpc)
        {
            var code = (int?)(error as JsonObject)?["error"]?["code"];
            (status, error) = (code is null ? 200 : code is > -32600 and < -32099 ? -32000 - code.Value : 400,
                (error as JsonObject)?["error"]?["data"]);
        }

        answers[status] = answers.GetValueOrDefault(status) + 1;
        if (status < 300)
        {
            return;
        }

        if (status is 500 or 502 or 504
            || ((string[])["what", "why",
                "next"]).Any(part => string.IsNullOrWhiteSpace(error?[part]?.ToString())
                    || Ours().IsMatch(error[part]!.ToString())))
        {
            wrong.Add($"{status} {error?.ToJsonString()} to {told}");
        }
        else if (await HasDoneAsync(before))
        {
            wrong.Add($"{status} and yet something was done: {told}");
        }
    }

    private async Task<long> LastEntryAsync()
    {
        await using var db = await rig.DatabaseAsync();
        return await db.AuditEntries.MaxAsync(e => e.Seq);
    }

    private async Task<bool> HasDoneAsync(long before)
    {
        await using var db = await rig.DatabaseAsync();
        return await db.AuditEntries.AnyAsync(e => e.Seq > before && e.Body.Contains(caller.Id));
    }

    // Names of our source, or of what it is written in, are no words for people.
    [GeneratedRegex(@"Exception|System\.|TimeLocker\.(Core|Server|Agent)|`\d|NullReference|Line(Number)?:|BytePosition")]
    private static partial Regex Ours();
}
