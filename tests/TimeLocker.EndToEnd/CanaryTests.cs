using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>One unique secret of each kind goes through the whole flow; then it is hunted wherever others could look.</summary>
public sealed class CanaryTests : IAsyncLifetime
{
    private const string Repository = "canary-repository-5d1c", Extra = "canary-extra-key-91ab",
        Second = "canary-second-password-77e0", Rest = "canary-rest-password-c2f4",
        Other = "canary-wrong-password-08b1",
        PrivateKey = "canaryPrivateKeyOfTheRepositoryAAAA1b7c",
        HostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKpvWnPl6iIqFvJ5eM0c1yxMtvjh8pEZ9RvQ5vYh8s2F",
        Account = "canary-account-password-3aa9", Passphrase = "canary-passphrase-for-the-key-64d2";

    private readonly ServerProcess server = new();
    private readonly ConcurrentDictionary<string, string> seen = new();
    private readonly CancellationTokenSource over = new();
    private readonly List<(string Where, string What)> answers = [];
    private string token = "";

    private string[] Secrets => [Repository, Extra, Second, Rest, Other, PrivateKey, Account, Passphrase, token, server.Token];

    public Task InitializeAsync() => server.InitializeAsync();

    public async Task DisposeAsync()
    {
        over.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task No_secret_is_found_where_it_does_not_belong()
    {
        var watch = Task.Run(WatchProcessesAsync);
        var files = new Scratch(server.In("canary"));
        token = await server.TokenAsync("Operator");
        (await server.CommandAsync(Account + "\n", "user", "create", "eve", "--role", "Viewer", "--password-stdin",
            "--data", server.Data)).Must(0);
        await FlowAsync(files);
        await server.KillAsync();
        await over.CancelAsync();
        await watch;

        var found = new List<string>();
        found.AddRange(from answer in answers
                       from secret in Secrets
                       where answer.What.Contains(secret, StringComparison.Ordinal)
                       select $"{secret} in the answer to {answer.Where}");
        found.AddRange(from process in seen
                       from secret in Secrets
                       where process.Value.Contains(secret, StringComparison.Ordinal)
                       select $"{secret} in {process.Key}");
        foreach (var file in Directory.EnumerateFiles(server.Data, "*", SearchOption.AllDirectories).Append(server.In("log")))
        {
            var content = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file));
            found.AddRange(Secrets.Where(s => s != server.Token
                || !file.EndsWith("server.json", StringComparison.Ordinal))
                .Where(s => content.Contains(s, StringComparison.Ordinal)).Select(s => $"{s} in {file}"));
        }

        found.ShouldBeEmpty();
        seen.Keys.ShouldContain(p => p.Contains("restic", StringComparison.Ordinal)); // else nothing was watched
        Directory.EnumerateDirectories(Path.Combine(server.Data, "runs")).Count().ShouldBeGreaterThan(1);
    }

    private async Task FlowAsync(Scratch files)
    {
        var api = server.Api;
        var repository = await KeepAsync("add",
            api.PostAsync("repositories",
                new
                {
                    name = "canary",
                    backend = "local",
                    values = new { path = files.In("repository") },
                    password = Repository,
                    create = true
                }), 201);
        var id = repository.Text("id");
        await KeepAsync("wrong password",
            api.PostAsync("repositories/test",
                new
                {
                    name = "x",
                    backend = "local",
                    values = new { path = files.In("repository") },
                    password = Other
                }), 200);
        await KeepAsync("wrong kit", api.PostAsync($"repositories/{id}/recovery-kit/test", new { password = Other }), 409);
        await KeepAsync("kit", api.PostAsync($"repositories/{id}/recovery-kit/test", new { password = Repository }), 200);

        // A place that needs credentials, and is not there: they go as far as restic's environment, and into what it
        // complains about.
        await KeepAsync("rest",
            api.PostAsync("repositories/test",
                new
                {
                    name = "y",
                    backend = "rest",
                    values = new { url = "http://127.0.0.1:9/", user = "u", password = Rest },
                    password = Other
                }),
                        200);
        var wanted = new
        {
            name = "z",
            backend = "sftp",
            values = new
            {
                host = "127.0.0.1",
                port = "9",
                user = "u",
                path = "/b",
                privateKey = $"-----BEGIN OPENSSH PRIVATE KEY-----\n{PrivateKey}\n-----END OPENSSH PRIVATE KEY-----\n",
                hostKey = HostKey
            },
            password = Other
        };
        await KeepAsync("sftp", api.PostAsync("repositories/test", wanted), 200);

        var documents = files.Documents("documents");
        var plan = await KeepAsync("plan",
            api.PostAsync("plans", new { name = "p", repositoryId = id, sources = new[] { documents } }), 201);
        var run = await api.EndAsync(await KeepAsync("run", api.PostAsync($"plans/{plan.Text("id")}/runs", new { }), 201));
        await KeepAsync("log", api.GetAsync($"runs/{run.Text("id")}/log"), 200);
        var snapshot = run.Text("snapshotId");
        await KeepAsync("browse",
            api.GetAsync($"repositories/{id}/snapshots/{snapshot}/files?path={Uri.EscapeDataString(documents)}"), 200);
        var restore = await api.EndAsync(await KeepAsync("restore",
            api.PostAsync("restores",
                new
                {
                    repositoryId = id,
                    snapshot = snapshot[..12],
                    paths = new[] { documents },
                    target = files.In("back")
                }), 201));
        await KeepAsync("restore log", api.GetAsync($"runs/{restore.Text("id")}/log"), 200);

        // answered this once, on purpose
        (await api.PostAsync($"repositories/{id}/keys", new { name = "extra", password = Extra })).Must(201);
        await KeepAsync("keys", api.GetAsync($"repositories/{id}/keys"), 200);
        await KeepAsync("password", api.PostAsync($"repositories/{id}/password", new { password = Second }), 200);
        await KeepAsync("move", api.PostAsync("secrets/store", new { kind = "passphrase", passphrase = Passphrase }), 200);
        await KeepAsync("rotate", api.PostAsync("secrets/rotate"), 200);
        (await api.PostAsync($"repositories/{id}/recovery-kit")).Must(200).Text("password").ShouldBe(Second);
        foreach (var path in (string[])["repositories", $"repositories/{id}", "status", "runs", "plans",
            "secrets/store", "users", "tokens"])
        {
            await KeepAsync(path, api.GetAsync(path), 200);
        }

        foreach (var page in (string[])["", $"repositories/{id}", $"repositories/{id}/recovery",
            $"repositories/{id}/keys", "settings/secrets", "settings/tokens", $"runs/{run.Text("id")}"])
        {
            answers.Add(($"page {page}", await PageAsync(page)));
        }

        answers.Single(a => a.Where == "page ").What.ShouldContain("kit-banner"); // the new password has a new kit
    }

    // As a browser asks: signed in, before any circuit.
    private async Task<string> PageAsync(string page)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, CookieContainer = cookies };
        using var http = new HttpClient(handler) { BaseAddress = server.Address };
        if (cookies.Count == 0)
        {
            var form = await http.GetStringAsync("login");
            var hidden = System.Text.RegularExpressions.Regex.Match(form,
                "name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"").Groups[1].Value;
            using var request = new HttpRequestMessage(HttpMethod.Post,
                "login")
            {
                Content = new FormUrlEncodedContent(new Dictionary<string,
                    string>
                {
                    ["name"] = ServerProcess.Admin,
                    ["password"] = ServerProcess.Password,
                    ["__RequestVerificationToken"] = hidden,
                })
            };
            request.Headers.Add("Origin", server.Address.GetLeftPart(UriPartial.Authority));
            (await http.SendAsync(request)).EnsureSuccessStatusCode();
        }

        var content = await http.GetStringAsync(page);
        content.ShouldContain("class=\"shell\"", Case.Sensitive, page);
        return content;
    }

    private readonly System.Net.CookieContainer cookies = new();

    private async Task<JsonNode> KeepAsync(string where, Task<Answer> asked, int status)
    {
        var answer = await asked;
        answers.Add((where, answer.Raw));
        return answer.Must(status);
    }

    // restic's own environment is the one place where a backend's password may be; its arguments are not.
    private async Task WatchProcessesAsync()
    {
        while (!over.IsCancellationRequested)
        {
            foreach (var folder in Directory.EnumerateDirectories("/proc").Where(f => int.TryParse(Path.GetFileName(f), out _)))
            {
                try
                {
                    var line = await File.ReadAllTextAsync($"{folder}/cmdline");
                    var words = line.Replace('\0', ' ');
                    seen.TryAdd($"arguments: {words}", words);
                    if (!IsRestic(line) && await File.ReadAllTextAsync($"{folder}/environ") is var environment
                        && await File.ReadAllTextAsync($"{folder}/cmdline") == line) // else it became another program in between
                    {
                        seen.TryAdd($"environment of {folder}: {words}", environment);
                    }
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // It is gone.
                }
            }

            await Task.Delay(25);
        }
    }

    // Or what becomes restic: setsid, and the shell in which its stand-in is written. Their wrapper, “sh -c”, is neither.
    private static bool IsRestic(string line) =>
        Path.GetFileName(line.Split('\0')
            .FirstOrDefault(w => Path.GetFileName(w) is not ("setsid" or "sh")))?.StartsWith("restic",
            StringComparison.Ordinal) == true;
}
