using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>One server of each kind, started when the first test asks for it.</summary>
public sealed class StorageServers : IAsyncLifetime
{
    private readonly Dictionary<string, TestServer> started = [];
    private Mounted? share;

    private static string Root { get; } = Directory.CreateTempSubdirectory("tl-places-").FullName;

    public static IReadOnlyList<string> Kinds { get; } = ["local", "sftp", "rest", "rest over TLS", "rest, append-only",
        "s3", "smb", "nfs", "rclone"];

    /// <summary>A new place of this kind for one repository.</summary>
    public async Task<Place> PlaceAsync(string kind)
    {
        var name = $"repository-{Guid.NewGuid():N}";
        return kind switch
        {
            "sftp" => (await ServerAsync(kind, SshServer.NewAsync)).Place(name),
            "rest" => (await ServerAsync(kind, () => RestServer.NewAsync())).Place(name),
            "rest over TLS" => (await ServerAsync(kind, () => RestServer.NewAsync(tls: true))).Place(name),
            "rest, append-only" => (await ServerAsync(kind, () => RestServer.NewAsync(appendOnly: true))).Place(name),
            "s3" => (await ServerAsync(kind, () => S3Server.NewAsync())).Place(name),
            "smb" => (await ServerAsync(kind, SmbServer.NewAsync)).Place(name),
            "nfs" => Share(name),
            "rclone" => new("rclone", new() { ["remote"] = "elsewhere", ["path"] = Path.Combine(Root, name) },
                Path.Combine(Root, name)),
            _ => new("local", new() { ["path"] = Path.Combine(Root, name) }, Path.Combine(Root, name)),
        };
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var server in started.Values)
        {
            await server.DisposeAsync();
        }

        share?.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    // A share is any mount to TimeLocker. Who may not mount takes the memory file system that every Linux has.
    private Place Share(string name)
    {
        if (Mounted.WhyNot is not null)
        {
            return Mount("/dev/shm", Mounted.SourceOf("/dev/shm"));
        }

        share ??= Mounted.Memory(Path.Combine(Root, "share"), "64m");
        return Mount(share.Folder, Mounted.Source);

        Place Mount(string folder, string source) =>
            new("nfs", new() { ["path"] = Path.Combine(folder, name), ["expectedSource"] = source },
                Path.Combine(folder, name));
    }

    private async Task<T> ServerAsync<T>(string kind, Func<Task<T>> start) where T : TestServer
    {
        if (!started.TryGetValue(kind, out var server))
        {
            started[kind] = server = await start();
        }

        return (T)server;
    }
}
