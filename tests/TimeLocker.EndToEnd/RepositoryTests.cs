using Shouldly;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>Repositories that plain restic made, that do not open, or that are no longer the same.</summary>
[Collection(OneServer.Name)]
public sealed class RepositoryTests(ServerProcess server)
{
    private const string Password = "made by plain restic";

    private readonly Scratch files = new(server.In($"repositories-{Guid.NewGuid():N}"));
    private ApiClient Api => server.Api;

    [Fact]
    public async Task A_repository_of_plain_restic_is_adopted_with_all_its_snapshots()
    {
        var documents = files.Documents("documents");
        (await PlainAsync("init")).Must(0);
        (await PlainAsync("backup", "--tag", "by-hand", "--host", "elsewhere", documents)).Must(0);
        var test = (await Api.PostAsync("repositories/test",
            new { values = new { path = files.In("plain") }, password = Password })).Must(200);

        var repository = await Api.AddRepositoryAsync("Adopted", files.In("plain"), Password);

        (test.Text("state"), test.Text("resticId")).ShouldBe(("ready", repository.Text("resticId")));
        var all = $"repositories/{repository.Text("id")}/snapshots";
        await Eventually.Async(async () => (await Api.GetAsync(all)).Must(200).Items().Count == 1, 30);
        var snapshot = (await Api.GetAsync($"{all}?tag=by-hand&host=elsewhere")).Must(200).Items().ShouldHaveSingleItem();
        (await Api.GetAsync($"{all}/{snapshot.Text("id")}/files?path={Uri.EscapeDataString(documents)}")).Must(200)
            .Items().Select(i => i.Text("name")).ShouldBe(["letters", "nothing here", "photos", "empty.txt"]);
        await Api.EndAsync(await Api.RestoreAsync(new
        {
            repositoryId = repository.Text("id"),
            snapshot = snapshot.Text("id"),
            paths = new[] { documents },
            target = files.In("back")
        }));
        Scratch.Fingerprint(files.In("back/documents")).ShouldBe(Scratch.Fingerprint(documents));

        (await PlainAsync("backup", "--host", "elsewhere", documents)).Must(0);
        (await Api.PostAsync($"{all}/refresh")).Must(200).Items().Count.ShouldBe(2);
        (await Api.PostAsync("repositories",
            new { name = "Again", values = new { path = files.In("plain") }, password = Password })).MustRefuse(409);
    }

    [Fact]
    public async Task A_wrong_password_is_refused_and_nothing_is_kept()
    {
        (await PlainAsync("init")).Must(0);

        var problem = (await Api.PostAsync("repositories",
            new
            {
                name = "Wrong",
                values = new { path = files.In("plain") },
                password = "not this one"
            })).MustRefuse(409);

        problem.Text("what").ShouldContain("password", Case.Insensitive);
        problem.ToJsonString().ShouldNotContain("not this one");
        (await Api.GetAsync("repositories")).Must(200).Items().ShouldNotContain(r => r.Text("name") == "Wrong");
        (await Api.PostAsync("repositories/test",
            new { values = new { path = files.In("plain") }, password = "not this one" })).Must(200).Text("state")
            .ShouldBe("refused");
    }

    [Fact]
    public async Task A_new_repository_is_not_made_over_what_is_there()
    {
        (await PlainAsync("init")).Must(0);
        files.Write("used/file.txt", "mine");

        (await Api.PostAsync("repositories",
            new { name = "Over", values = new { path = files.In("plain") }, create = true })).MustRefuse(409);
        (await Api.PostAsync("repositories",
            new { name = "Over", values = new { path = files.In("used") }, create = true })).MustRefuse(409);
        (await Api.PostAsync("repositories",
            new { name = "Over", values = new { path = files.In("missing") }, password = Password })).MustRefuse(409);

        File.ReadAllText(files.In("used/file.txt")).ShouldBe("mine");
    }

    [Fact]
    public async Task A_swapped_repository_is_refused()
    {
        var repository = await Api.AddRepositoryAsync("Swapped", files.In("plain"), password: Password);
        var plan = await Api.AddPlanAsync("Swapped", repository, files.Documents("documents"));
        await Api.EndAsync(await Api.RunAsync(plan));
        Directory.Move(files.In("plain"), files.In("original"));
        (await PlainAsync("init")).Must(0);

        var run = await Api.EndAsync(await Api.RunAsync(plan), "failed");

        run.Text("problem", "what").ShouldNotBeEmpty();
        Directory.EnumerateFiles(files.In("plain/snapshots")).ShouldBeEmpty();
        Directory.Delete(files.In("plain"), recursive: true);
        Directory.Move(files.In("original"), files.In("plain"));
        await Api.EndAsync(await Api.RunAsync(plan));
    }

    [Fact]
    public async Task A_repository_in_use_stays_and_one_without_plans_is_forgotten_but_not_deleted()
    {
        var repository = await Api.AddRepositoryAsync("Forgotten", files.In("plain"));
        var plan = await Api.AddPlanAsync("Forgotten", repository, files.Documents("documents"));

        (await Api.SendAsync(HttpMethod.Delete, $"repositories/{repository.Text("id")}", null)).MustRefuse(409);
        (await Api.SendAsync(HttpMethod.Delete, $"plans/{plan.Text("id")}", null)).Must(204);
        (await Api.SendAsync(HttpMethod.Delete, $"repositories/{repository.Text("id")}", null)).Must(204);

        (await Api.GetAsync($"repositories/{repository.Text("id")}")).MustRefuse(404);
        File.Exists(files.In("plain/config")).ShouldBeTrue();
    }

    private Task<Said> PlainAsync(params string[] arguments) => server.ResticAsync(files.In("plain"), Password, arguments);
}
