using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>A repository that others filled for years with plain restic.</summary>
[Collection(OneServer.Name)]
public sealed class AdoptionTests(ServerProcess server)
{
    private const string Password = "made by plain restic";

    private readonly Scratch files = new(server.In($"adoption-{Guid.NewGuid():N}"));
    private ApiClient Api => server.Api;

    [Fact]
    public async Task All_its_snapshots_appear_by_machine_and_folders_and_not_one_byte_in_it_changes()
    {
        var (letters, photos) = (files.Documents("letters"), files.Documents("photos"));
        await PlainAsync("init");
        await PlainAsync("backup", "--host", "laptop", "--tag", "daily", "--tag", "home", letters);
        files.Write("letters/later.txt", "later");
        await PlainAsync("backup", "--host", "laptop", "--tag", "daily", letters);
        await PlainAsync("backup", "--host", "laptop", letters, photos);
        await PlainAsync("backup", "--host", "studio", "--tag", "raw", photos);
        var before = Scratch.Fingerprint(files.In("plain"));

        var repository = await Api.AddRepositoryAsync("From elsewhere", files.In("plain"), Password);
        var id = repository.Text("id");
        await Eventually.Async(async () => (await Api.GetAsync($"repositories/{id}/snapshots")).Must(200).Items().Count == 4, 30);

        var groups = (await Api.GetAsync($"repositories/{id}/snapshot-groups")).Must(200).Items();
        groups.Select(g =>
            $"{g.Text("host")} {g.Text("count")} {string.Join(' ', g["paths"]!.Items().Select(p => Path.GetFileName(p.ToString())))}")
            .ShouldBe(["studio 1 photos", "laptop 1 letters photos", "laptop 2 letters"]);
        (await Api.GetAsync($"repositories/{id}/snapshots?host=laptop&tag=daily")).Must(200).Items().Count.ShouldBe(2);

        foreach (var group in groups)
        {
            var (snapshot, path) = (group.Text("newestId"), group["paths"]!.Items()[0].ToString());
            var names = (await Api.GetAsync(
                $"repositories/{id}/snapshots/{snapshot}/files?path={Uri.EscapeDataString(path)}")).Must(200).Items()
                .Select(i => i.Text("name"));
            names.ShouldBe(Directory.EnumerateFileSystemEntries(path).Select(Path.GetFileName), ignoreOrder: true);
        }

        await Api.EndAsync(await Api.RestoreAsync(new
        {
            repositoryId = id,
            snapshot = groups[2].Text("newestId"),
            paths = new[] { letters },
            target = files.In("back")
        }));
        Scratch.Fingerprint(files.In("back/letters")).ShouldBe(Scratch.Fingerprint(letters));
        Scratch.Fingerprint(files.In("plain")).ShouldBe(before);
    }

    private async Task PlainAsync(params string[] arguments) =>
        (await server.ResticAsync(files.In("plain"), Password, arguments)).Must(0);
}
