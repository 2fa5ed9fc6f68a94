using System.Globalization;
using Shouldly;
using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Probes;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Repositories.Backends;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Secrets;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>What is seen of a repository on a server without restic.</summary>
public sealed class HttpObjectsTests : IAsyncLifetime
{
    private readonly AgentRig rig =
        new(script: $"echo \"$1\" >>\"$0.calls\"\nexec {new ResticBinary().FindAsync().GetAwaiter().GetResult().Path} \"$@\"");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Theory]
    [InlineData("rest")]
    [InlineData("s3")]
    public async Task A_backup_to_a_server_that_speaks_HTTP_calls_restic_once(string kind)
    {
        await using TestServer server = kind == "rest" ? await RestServer.NewAsync() : await S3Server.NewAsync();
        var target = await MakeAsync(server is RestServer rest ? rest.Place("one") : ((S3Server)server).Place("one"));
        var note = rig.Write("source/note.txt");
        File.Delete(rig.In("restic.calls"));

        var run = await rig.RunAsync(rig.Backup(target, note));

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        (await File.ReadAllLinesAsync(rig.In("restic.calls"))).ShouldBe(["backup"]);
        run.Checks.ShouldContain(c => c.Name == "identity" && c.Level == CheckLevel.Ok);
    }

    [Fact]
    public async Task Another_repository_at_the_same_address_is_refused()
    {
        await using var server = await RestServer.NewAsync();
        var target = await MakeAsync(server.Place("one"));
        var other = await MakeAsync(server.Place("two"));

        var run = await rig.RunAsync(rig.Backup(other with
        {
            PinnedId = target.PinnedId,
            PinnedConfig = target.PinnedConfig,
        }, rig.Write("source/note.txt")));

        (run.Outcome, run.Problem!.What.Full).ShouldBe((RunOutcome.Failed, "This is another repository."));
    }

    // The example of Amazon's own description of the signature.
    [Fact]
    public void A_request_is_signed_as_S3_wants_it()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://examplebucket.s3.amazonaws.com/?lifecycle");

        S3Signature.Sign(request, "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "", "us-east-1",
            DateTimeOffset.ParseExact("20130524T000000Z", "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal));

        request.Headers.Authorization!.Parameter!.ShouldEndWith(
            "Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
    }

    private async Task<ResticTarget> MakeAsync(Place place)
    {
        IRepositoryBackend backend = place.Backend == "rest" ? new RestBackend() : new S3Backend();
        var target =
            backend.Target(new FieldValues(place.Values).Checked(backend)) with
            {
                Password = new Secret(AgentRig.Password)
            };
        var facts = await rig.Agent.AskAsync(new CreateRepository(target), default);
        return target with { PinnedId = facts.ResticId, PinnedConfig = facts.ConfigHash.ShouldNotBeNull() };
    }
}
