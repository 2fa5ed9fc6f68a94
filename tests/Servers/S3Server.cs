namespace TimeLocker.Tests.Servers;

/// <summary>moto's S3 server with one bucket. It keeps everything in memory: when it is killed, all is lost.</summary>
public sealed class S3Server : TestServer
{
    public const string Bucket = "backup";

    private readonly bool strict;

    private S3Server(bool strict) : base("s3") => this.strict = strict;

    protected override IReadOnlyList<string> Command => [Programs.Moto, "-H", "127.0.0.1", "-p", $"{Port}"];

    // The one request that needs no account makes the bucket.
    protected override IReadOnlyDictionary<string, string> Environment =>
        new Dictionary<string,
            string>([new("PYTHONWARNINGS", "ignore"),
                .. strict ? [new("INITIAL_NO_AUTH_ACTION_COUNT", "1")] : (KeyValuePair<string, string>[])[]]);

    /// <param name="strict">It knows no account and lets nobody in; otherwise everybody.</param>
    public static async Task<S3Server> NewAsync(bool strict = false)
    {
        var server = new S3Server(strict);
        await server.StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var made = await http.PutAsync(new Uri($"http://127.0.0.1:{server.Port}/{Bucket}"), null);
        made.EnsureSuccessStatusCode();
        return server;
    }

    public Place Place(string name, int? port = null) => new("s3", new()
    {
        ["endpoint"] = $"http://127.0.0.1:{port ?? Port}",
        ["bucket"] = Bucket,
        ["prefix"] = name,
        ["accessKeyId"] = "ada",
        ["secretAccessKey"] = "the bucket's key",
        ["pathStyle"] = "true",
    }, $"s3:http://127.0.0.1:{Port}/{Bucket}/{name}")
    {
        PlainEnvironment = new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = "ada",
            ["AWS_SECRET_ACCESS_KEY"] = "the bucket's key",
            ["AWS_DEFAULT_REGION"] = "us-east-1",
        },
    };
}
