using System.Text.Json.Nodes;
using Shouldly;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>The contract of every kind of place, with the built program, real restic and a real server of that kind.</summary>
[Collection(OneServer.Name)]
public sealed class StorageTests(ServerProcess server, StorageServers servers) : IClassFixture<StorageServers>
{
    private const string Password = "opens the repository";

    private readonly Scratch files = new(server.In($"storage-{Guid.NewGuid():N}"));
    private ApiClient Api => server.Api;

    public static TheoryData<string> Kinds => [.. StorageServers.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Two_hundred_files_are_kept_there_and_come_back_byte_for_byte(string kind)
    {
        new Scratch(server.In("home")).Write(".config/rclone/rclone.conf", "[elsewhere]\ntype = local\n");
        var place = await servers.PlaceAsync(kind);
        var documents = TwoHundredFiles();

        var repository = await AddAsync(kind, place);
        repository.Text("appendOnly").ShouldBe(kind == "rest, append-only" ? "true" : "false");
        var plan = await Api.AddPlanAsync(Path.GetFileName(files.Root), repository, documents);
        var first = await Api.EndAsync(await Api.RunAsync(plan));
        files.Write("documents/folder 3/new.txt", "new");
        var second = await Api.EndAsync(await Api.RunAsync(plan));

        (first.Number("result", "filesNew"), second.Number("result", "filesNew"),
            second.Number("result", "filesUnmodified")).ShouldBe((200, 1, 200));
        var all = $"repositories/{repository.Text("id")}/snapshots";
        (await Api.PostAsync($"{all}/refresh")).Must(200).Items().Select(s => s.Text("id"))
            .ShouldBe([first.Text("snapshotId"), second.Text("snapshotId")], ignoreOrder: true);
        (await Api.GetAsync($"{all}/{second.Text("snapshotId")}/files?path={Uri.EscapeDataString(documents)}")).Must(
            200).Items().Count.ShouldBe(10);

        await Api.EndAsync(await Api.RestoreAsync(new
        {
            repositoryId = repository.Text("id"),
            snapshot = second.Text("snapshotId"),
            paths = new[] { documents },
            target = files.In("back")
        }));
        Scratch.Fingerprint(files.In("back/documents")).ShouldBe(Scratch.Fingerprint(documents));
        var check = await Api.EndAsync((await Api.PostAsync($"repositories/{repository.Text("id")}/check",
            new { depth = "full" })).Must(201));
        check.Text("kind").ShouldBe("check");
        (await PlainAsync(place, "list", "locks", "--no-lock")).Must(0).Output.Trim().ShouldBeEmpty();
        (await PlainAsync(place, "check")).Must(0);
        foreach (var secret in (string[])["password", "secretAccessKey", "privateKey"])
        {
            repository["values"]!.AsObject().ContainsKey(secret).ShouldBeFalse();
        }
    }

    /// <summary>As a person would, with the command line: what is secret goes in over standard input or in files.</summary>
    private async Task<JsonNode> AddAsync(string kind, Place place)
    {
        var (input, arguments) = ($"{Password}\n",
            new List<string> { "repositories", "add", kind, "--backend", place.Backend, "--create", "--password-stdin",
                "--json", "--data", server.Data });
        foreach (var (field, value) in place.Values)
        {
            if (value.Contains('\n', StringComparison.Ordinal))
            {
                arguments.AddRange(["--set-file", $"{field}={files.Write(field, value)}"]);
            }
            else if (field is "password" or "secretAccessKey")
            {
                input += $"{value}\n";
                arguments.AddRange(["--secret", field]);
            }
            else
            {
                arguments.AddRange(["--set", $"{field}={value}"]);
            }
        }

        return (await server.CommandAsync(input, [.. arguments])).Must(0).Json;
    }

    private string TwoHundredFiles()
    {
        for (var i = 0; i < 200; i++)
        {
            files.WriteNoise($"documents/folder {i % 10}/file {i}", 1 + (i % 7));
        }

        return files.In("documents");
    }

    private Task<Said> PlainAsync(Place place, params string[] arguments) =>
        server.ResticAsync(place.Plain, Password, place.PlainEnvironment, arguments);
}
