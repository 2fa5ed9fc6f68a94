using Shouldly;
using TimeLocker.Server.Identity;
using Xunit;

namespace TimeLocker.Tests.Server.Identity;

public sealed class HostGuardTests(HostGuardTests.OneServer one) : IClassFixture<HostGuardTests.OneServer>
{
    private readonly IdentityServer server = one.Server;

    public sealed class OneServer : IAsyncLifetime
    {
        public IdentityServer Server { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Server = await IdentityServer.StartAsync(hosts: ["backup.example", "nas.example:9000"]);
            await Server.Get<PublicAddress>().SetAsync("https://public.example", DeskRig.Admin);
        }

        public async Task DisposeAsync() => await Server.DisposeAsync();
    }

    private Task<int> AskAsync(string headers) =>
        server.RawAsync(
            $"GET /healthz HTTP/1.1\n{headers.Replace("PORT", $"{server.Port}", StringComparison.Ordinal)}\nConnection: close");

    [Theory]
    [InlineData("Host: evil.example:PORT")]
    [InlineData("Host: localhost.:PORT")]
    [InlineData("Host: LOCALHOST:PORT")]
    [InlineData("Host: localhost.evil.example:PORT")]
    [InlineData("Host: localhost@evil.example:PORT")]
    [InlineData("Host: evil.example@localhost:PORT")]
    [InlineData("Host: localhost:1")]
    [InlineData("Host: localhost")]
    [InlineData("Host: 127.0.0.2:PORT")]
    [InlineData("Host: 192.168.1.10:PORT")]
    [InlineData("Host: 0.0.0.0:PORT")]
    [InlineData("Host: 2130706433:PORT")]
    [InlineData("Host: 0x7f000001:PORT")]
    [InlineData("Host: 127.1:PORT")]
    [InlineData("Host: [::ffff:127.0.0.1]:PORT")]
    [InlineData("Host: [0:0:0:0:0:0:0:1]:PORT")]
    [InlineData("Host:")]
    [InlineData("X-No-Host: at-all")]
    [InlineData("Host: localhost:PORT\nHost: evil.example:PORT")]
    [InlineData("Host: localhost:PORT, evil.example:PORT")]
    [InlineData("Host: evil.example:PORT\nX-Forwarded-Host: localhost:PORT")]
    [InlineData("Host: evil.example:PORT\nForwarded: host=localhost:PORT")]
    [InlineData("Host: localhost:PORT/")]
    [InlineData("Host: backup.example.evil.example")]
    [InlineData("Host: nas.example")]
    [InlineData("Host: public.example:PORT")]
    [InlineData("Host: public.example:443")]
    [InlineData("Host: public.example.")]
    [InlineData("Host: PUBLIC.example")]
    [InlineData("Host: www.public.example")]
    [InlineData("Host: public.example.evil.example")]
    [InlineData("Host: public.example\nX-Forwarded-Proto: http")]
    [InlineData("Host: public.example\nX-Forwarded-Proto: https\nX-Forwarded-Proto: http")]
    [InlineData("Host: evil.example\nX-Forwarded-Host: public.example\nX-Forwarded-Proto: https")]
    public async Task A_foreign_host_is_refused(string headers) => (await AskAsync(headers)).ShouldBe(400);

    [Theory]
    [InlineData("Host: localhost:PORT")]
    [InlineData("Host: 127.0.0.1:PORT")]
    [InlineData("Host: [::1]:PORT")]
    [InlineData("Host: backup.example")]
    [InlineData("Host: backup.example:PORT")]
    [InlineData("Host: nas.example:9000")]
    [InlineData("Host: localhost:PORT\nX-Forwarded-Host: evil.example")]
    [InlineData("Host: public.example")]
    [InlineData("Host: public.example\nX-Forwarded-Proto: https\nX-Forwarded-For: 203.0.113.5")]
    public async Task An_own_or_allowed_host_is_served(string headers) => (await AskAsync(headers)).ShouldBe(200);

    [Fact]
    public async Task A_foreign_host_in_the_request_line_is_refused()
    {
        (await server.RawAsync(
            $"GET http://evil.example:{server.Port}/healthz HTTP/1.1\nHost: localhost:{server.Port}\nConnection: close")).ShouldBe(400);
        (await server.RawAsync(
            $"GET http://evil.example:{server.Port}/healthz HTTP/1.1\nHost: evil.example:{server.Port}\nConnection: close")).ShouldBe(400);
        (await server.RawAsync("GET /healthz HTTP/1.0")).ShouldBe(400);
    }
}
