using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>In place, and downloads.</summary>
[Collection(OneServer.Name)]
public sealed class RestoreTests(ServerProcess server) : IAsyncLifetime
{
    private readonly Scratch files = new(server.In($"restore-{Guid.NewGuid():N}"));
    private JsonNode repository = null!, backup = null!;
    private string documents = "";
    private ApiClient Api => server.Api;

    public async Task InitializeAsync()
    {
        documents = files.Documents("documents");
        repository = await Api.AddRepositoryAsync(Path.GetFileName(files.Root), files.In("repository"));
        backup = await Api.EndAsync(await Api.RunAsync(await Api.AddPlanAsync(Path.GetFileName(files.Root), repository,
            documents)));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task In_place_needs_the_typed_host_and_an_Admin_and_then_puts_everything_back()
    {
        var before = Scratch.Fingerprint(documents);
        File.WriteAllText(files.In("documents/letters/to anna.txt"), "spoiled");
        File.Delete(files.In("documents/photos/one.jpg"));
        var host = (await Api.GetAsync("machines")).Must(200).Items()[0].Text("host");
        var operators = server.Client(await server.TokenAsync("Operator"));

        (await Api.PostAsync("restores", InPlace(null))).MustRefuse(400);
        (await Api.PostAsync("restores", InPlace("another-host"))).MustRefuse(400);
        (await operators.PostAsync("restores", InPlace(host))).MustRefuse(403);
        var preview = await Api.EndAsync(await Api.RestoreAsync(InPlace(null, dryRun: true)));
        File.ReadAllText(files.In("documents/letters/to anna.txt")).ShouldBe("spoiled");
        await Api.EndAsync(await Api.RestoreAsync(InPlace(host)));

        (preview.Number("result", "filesNew"), preview.Number("result", "filesChanged")).ShouldBe((1, 1));
        Scratch.Fingerprint(documents).ShouldBe(before);
    }

    [Fact]
    public async Task A_target_that_is_no_folder_for_a_restore_is_refused()
    {
        foreach (var target in (string[])["relative", "/", "/.."])
        {
            (await Api.PostAsync("restores",
                new
                {
                    repositoryId = repository.Text("id"),
                    snapshot = backup.Text("snapshotId"),
                    target
                })).MustRefuse(400);
        }

        (await Api.PostAsync("restores",
            new
            {
                repositoryId = repository.Text("id"),
                snapshot = backup.Text("snapshotId"),
                paths = new[] { "/a/../b" },
                target = files.In("x")
            })).MustRefuse(400);
        (await Api.PostAsync("restores", new { repositoryId = repository.Text("id"), target = files.In("x") })).MustRefuse(400);
        (await Api.PostAsync("restores",
            new
            {
                repositoryId = repository.Text("id"),
                snapshot = "ffffffff",
                target = files.In("x")
            })).MustRefuse(404);
    }

    [Fact]
    public async Task A_file_is_downloaded_as_it_was()
    {
        using var response = await Api.Http.GetAsync(Download("file", documents + "/photos/one.jpg"));

        ((int)response.StatusCode).ShouldBe(200);
        response.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(
            await File.ReadAllBytesAsync(files.In("documents/photos/one.jpg")));
    }

    [Fact]
    public async Task A_selection_is_downloaded_as_zip()
    {
        await using var stream = await Api.Http.GetStreamAsync(Download("zip", documents + "/letters",
            documents + "/photos/two.jpg"));
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory);
        using var zip = new ZipArchive(memory);
        await zip.ExtractToDirectoryAsync(files.In("unzipped"));

        Same("unzipped", "letters/2026/über „alles“.txt", "letters/to anna.txt", "photos/two.jpg");
    }

    [Fact]
    public async Task Without_a_word_about_it_a_file_stays_a_file_and_a_folder_becomes_a_zip()
    {
        using var file = await Api.Http.GetAsync(Download("", documents + "/photos/one.jpg"));
        using var folder = await Api.Http.GetAsync(Download("", documents + "/photos"));

        (file.Content.Headers.ContentDisposition!.FileName,
            folder.Content.Headers.ContentDisposition!.FileName).ShouldBe(("one.jpg", "photos.zip"));
        using var zip = new ZipArchive(await folder.Content.ReadAsStreamAsync());
        zip.Entries.Select(e => e.FullName).ShouldContain("photos/one.jpg");
    }

    [Fact]
    public async Task A_selection_is_downloaded_as_tar()
    {
        await using var stream = await Api.Http.GetStreamAsync(Download("tar", documents + "/letters",
            documents + "/photos/two.jpg"));
        Directory.CreateDirectory(files.In("untarred"));
        await TarFile.ExtractToDirectoryAsync(stream, files.In("untarred"), overwriteFiles: false);

        Same("untarred", "letters/2026/über „alles“.txt", "letters/to anna.txt", "photos/two.jpg");
    }

    [Fact]
    public async Task What_is_not_in_the_snapshot_cannot_be_downloaded()
    {
        (await Api.GetAsync(Download("file", "/etc/passwd")[7..])).Status.ShouldBeOneOf(400, 404);
        (await Api.GetAsync(Download("zip")[7..])).MustRefuse(400);
        (await server.Client(await server.TokenAsync("Viewer"))
            .GetAsync(Download("file", documents + "/empty.txt")[7..])).MustRefuse(403);
    }

    private void Same(string folder, params string[] wanted)
    {
        var found = Directory.EnumerateFiles(files.In(folder), "*", SearchOption.AllDirectories).ToList();
        found.Count.ShouldBe(wanted.Length);
        foreach (var path in wanted)
        {
            File.ReadAllBytes(found.Single(f => f.EndsWith("/" + path, StringComparison.Ordinal)))
                .ShouldBe(File.ReadAllBytes(Path.Combine(documents, path)));
        }
    }

    private object InPlace(string? confirm, bool dryRun = false) =>
        new
        {
            repositoryId = repository.Text("id"),
            snapshot = backup.Text("snapshotId"),
            paths = new[] { documents },
            inPlace = true,
            overwrite = "always",
            confirm,
            dryRun
        };

    private string Download(string format, params string[] paths) =>
        $"api/v1/repositories/{repository.Text("id")}/snapshots/{backup.Text("snapshotId")}/download?format={format}{string.Concat(paths.Select(p => $"&path={Uri.EscapeDataString(p)}"))}";
}
