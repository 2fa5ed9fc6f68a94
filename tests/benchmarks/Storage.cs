using TimeLocker.Tests.Servers;

namespace TimeLocker.Benchmarks;

/// <summary>Where the repositories of a row are: folders, or a server on loopback.</summary>
internal sealed class Storage(Bench bench) : IAsyncDisposable
{
    public static readonly string[] Kinds = ["local", "rest", "s3"];

    private TestServer? server;
    private int places;

    public static Place Folder(string path) => new("local", new() { ["path"] = path }, path);

    /// <summary>A new place for one repository.</summary>
    public async Task<Place> NewAsync()
    {
        var name = $"repository-{++places}";
        switch (bench.Scale.Place)
        {
            case "rest":
                server ??= await RestServer.NewAsync();
                return ((RestServer)server).Place(name);
            case "s3":
                server ??= await S3Server.NewAsync();
                return ((S3Server)server).Place(name);
            default:
                return Folder(bench.Path(name));
        }
    }

    /// <summary>Gives the room back.</summary>
    public async Task EmptyAsync(Place place)
    {
        if (server is S3Server)
        {
            await DisposeAsync(); // it keeps everything in memory
        }
        else
        {
            Directory.Delete(place.Plain, recursive: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await (server?.DisposeAsync() ?? default);
        server = null;
    }
}
