using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Runs;
using TimeLocker.Tests.Doubles;
using Xunit;
using Browser = TimeLocker.Tests.Server.Identity.Browser;

namespace TimeLocker.Tests.Server.Data;

/// <summary>
/// No room for the state database: what is written is refused in words, what is read is there, and all goes on by
/// itself afterwards.
/// </summary>
public sealed class FullDiskTests : IAsyncLifetime
{
    private const string Why = "The disk that holds TimeLocker's state is full.";

    private readonly ConcurrentBag<Guid> written = [];
    private readonly ConcurrentBag<ProblemException> refused = [];
    private DeskRig rig = null!;
    private Repository place = null!;
    private SmallDisk disk = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        place = await rig.RepositoryAsync();
        disk = new SmallDisk(Path.Combine(rig.Data, "timelocker.db"));
    }

    public async Task DisposeAsync()
    {
        disk.Dispose();
        await rig.DisposeAsync();
    }

    [Fact]
    public async Task Under_load_each_refused_change_says_why_and_each_acknowledged_one_is_kept()
    {
        disk.Leave(pages: 10);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => WriteUntilRefusedAsync(times: 3))));

        written.ShouldNotBeEmpty();
        refused.Select(r => (r.Kind, r.Problem.What.Full, r.Problem.Why.Full)).Distinct()
            .ShouldBe([(ProblemKind.Unavailable, "Nothing was changed.", Why)]);
        refused.ShouldAllBe(r => r.Problem.Next.Full.StartsWith($"Make room on the disk of {rig.Data}."));
        (await rig.Get<PlanCatalog>().ListAsync()).Select(p => p.Id).ShouldBe(written, ignoreOrder: true);

        disk.MakeRoom();
        await CreateAsync();

        (await rig.Get<PlanCatalog>().ListAsync()).Select(p => p.Id).ShouldBe(written, ignoreOrder: true);
        await using var db = await rig.DatabaseAsync();
        (await db.AuditEntries.Where(e => EF.Property<string>(e, "Kind") == "plan.created")
            .Select(e => EF.Property<string>(e, "Obj")).ToListAsync()).ShouldBe(written.Select(id => $"plan:{id}"),
            ignoreOrder: true);
        await db.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Every_face_says_it_and_none_needs_a_restart()
    {
        using var client = await rig.ClientAsync(Role.Operator);
        var plan = new { name = "Papers", repositoryId = place.Id, sources = new[] { "/somewhere" } };
        disk.Leave(pages: 0);
        await WriteUntilRefusedAsync(times: 3);

        using var rest = await client.PostAsJsonAsync("api/v1/plans", plan);
        using var rpc = await client.PostAsJsonAsync("rpc",
            new { jsonrpc = "2.0", id = 1, method = "plans.create", @params = plan });
        using var read = await client.GetAsync("api/v1/plans");

        (rest.StatusCode, rest.Content.Headers.ContentType!.MediaType,
            (await JsonAsync(rest))["why"]!.ToString()).ShouldBe((HttpStatusCode.ServiceUnavailable,
                "application/problem+json", Why));
        ((int)(await JsonAsync(rpc))["error"]!["code"]!,
            (await JsonAsync(rpc))["error"]!["data"]!["why"]!.ToString()).ShouldBe((-32503, Why));
        read.StatusCode.ShouldBe(HttpStatusCode.OK);
        disk.MakeRoom();
        using var again = await client.PostAsJsonAsync("api/v1/plans", plan);
        again.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Nobody_comes_in_unwritten_and_who_leaves_is_out_also_when_that_is_written_only_later()
    {
        using var client = await rig.ClientAsync(null);
        using var person = new Browser(client.BaseAddress!);
        using var thief = new Browser(client.BaseAddress!);
        (await person.SignInAsync("grace", "correct horse battery")).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        var session = person.Cookies.GetAllCookies().Single(c => c.Name == $"timelocker-{client.BaseAddress!.Port}");
        (string, string) stolen = ("Cookie", $"{session.Name}={session.Value}");
        (await thief.SendAsync(HttpMethod.Get, "/api/v1/plans", null, null, stolen)).StatusCode.ShouldBe(HttpStatusCode.OK);
        disk.Leave(pages: 0);
        await WriteUntilRefusedAsync(times: 3);

        (await person.PostAsync("/logout", [])).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        var (right, wrong) = (await person.SignInAsync("grace", "correct horse battery"),
            await person.SignInAsync("grace", "wrong"));

        (right.StatusCode, wrong.StatusCode).ShouldBe((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable));
        WebUtility.HtmlDecode(await right.Content.ReadAsStringAsync()).ShouldContain(Why);
        (await thief.SendAsync(HttpMethod.Get, "/api/v1/plans", null, null,
            stolen)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await EndedAsync()).ShouldBe(0);

        disk.MakeRoom();
        (await person.SignInAsync("grace", "correct horse battery")).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        await person.PostAsync("/logout", []);
        (await EndedAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task A_start_goes_on_where_the_command_line_cannot_be_told_yet()
    {
        var note = Path.Combine(rig.Data, "server.json");
        // as good as full: nothing can be written there
        await rig.RestartAsync(_ => Directory.CreateDirectory(note), opened: false);
        using var client = await rig.ClientAsync(Role.Viewer);
        (await client.GetAsync("api/v1/plans")).StatusCode.ShouldBe(HttpStatusCode.OK);

        Directory.Delete(note);

        await DeskRig.UntilAsync(() => Task.FromResult(File.Exists(note)));
        (await client.GetAsync("api/v1/plans")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task WriteUntilRefusedAsync(int times)
    {
        while (times > 0)
        {
            try
            {
                await CreateAsync();
            }
            catch (ProblemException problem)
            {
                refused.Add(problem);
                times--;
            }
        }

        // The smallest change there is: no room is left for any other.
        while (await Record.ExceptionAsync(() => rig.Get<RunQueue>().ResumeAsync(DeskRig.Admin)) is null)
        {
        }
    }

    private async Task CreateAsync() =>
        written.Add((await rig.Get<PlanCatalog>()
            .CreateAsync(new() { Name = $"{Guid.NewGuid()}", RepositoryId = place.Id, Sources = ["/somewhere"] },
            DeskRig.Admin)).Id);

    private async Task<int> EndedAsync()
    {
        await using var db = await rig.DatabaseAsync();
        return await db.UserTokens.CountAsync();
    }

    private static async Task<JsonNode> JsonAsync(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
}
