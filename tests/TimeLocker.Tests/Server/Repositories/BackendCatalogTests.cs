using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Repositories;
using TimeLocker.Tests.Core.Repositories;
using Xunit;

namespace TimeLocker.Tests.Server.Repositories;

public sealed class BackendCatalogTests : IAsyncLifetime
{
    private DeskRig rig = null!;
    private RepositoryCatalog repositories = null!;
    private BackendCatalog backends = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        (repositories, backends) = (rig.Get<RepositoryCatalog>(), rig.Get<BackendCatalog>());
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task What_this_restic_or_this_machine_cannot_do_is_named_and_refused()
    {
        await KnownAsync([], []);
        (await backends.ListAsync()).ShouldAllBe(b => b.Available);

        await KnownAsync(["local", "rest", "rclone", "sftp"], ["ssh"]);
        var offers = (await backends.ListAsync()).ToDictionary(b => b.Kind, b => b.WhyNot);
        offers.Where(o => o.Value is null).Select(o => o.Key).ShouldBe(["local", "nfs", "sftp", "rest"], ignoreOrder: true);
        (offers["azure"]!.Full.Contains("built without", StringComparison.Ordinal),
            offers["smb"]!.Full.Contains("rclone", StringComparison.Ordinal)).ShouldBe((true, true));

        var wanted = new NewRepository
        {
            Name = "cloud",
            Backend = "azure",
            Values = BackendExamples.Least(BackendExamples.Of("azure")),
            Create = true,
        };
        (await Should.ThrowAsync<ProblemException>(() => rig.Get<NewRepositories>().AddAsync(wanted,
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Unavailable);
        (await Should.ThrowAsync<ProblemException>(() => rig.Get<NewRepositories>().TestAsync(wanted,
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Unavailable);

        await rig.Get<AgentRegistry>().DescribeLocalAsync(default);
        (await backends.ListAsync()).Single(b => b.Kind == "s3").Available.ShouldBeTrue();
    }

    [Fact]
    public async Task The_list_of_kinds_tells_fields_and_availability_to_the_API()
    {
        await KnownAsync(["rest"], []);
        using var client = await rig.ClientAsync(Role.Viewer);

        var list = JsonNode.Parse(await client.GetStringAsync("api/v1/backends"))!["items"]!.AsArray()
            .ToDictionary(b => (string)b!["kind"]!, b => b!);

        list["sftp"]["fields"]!.AsArray().Select(f => (string)f!["name"]!)
            .ShouldBe(["host", "port", "user", "path", "hostKey", "privateKey", "identityFile"]);
        list["rest"]["fields"]!.AsArray().Select(f => (string)f!["name"]!).ShouldBe(["url", "user", "password", "caCertificate"]);
        ((bool)list["rest"]["available"]!, (bool)list["s3"]["available"]!,
            (string?)list["rest"]["whyNot"]).ShouldBe((true, false, null));
    }

    [Fact]
    public void A_key_pair_stays_in_memory_until_a_repository_takes_it()
    {
        var pair = backends.MakeKeyPair(DeskRig.Admin);
        var name = new Dictionary<string, string> { ["privateKey"] = $"generated:{pair.Id}", ["host"] = "h" };

        var resolved = backends.Resolved(name);
        (SshKeyPair.PublicKeyOf(new Secret(resolved["privateKey"])), resolved["host"]).ShouldBe((pair.PublicKey, "h"));

        backends.Forget(name);
        Should.Throw<ProblemException>(() => backends.Resolved(name)).Kind.ShouldBe(ProblemKind.Invalid);
        Should.Throw<ProblemException>(() =>
            backends.MakeKeyPair(DeskRig.Actor(Role.Operator))).Kind.ShouldBe(ProblemKind.Forbidden);
    }

    [Fact]
    public async Task The_public_key_of_a_repository_can_be_shown_again()
    {
        var place = await rig.RepositoryAsync();
        (await Should.ThrowAsync<ProblemException>(() => rig.Get<RepositoryChanges>().SshKeyAsync(place.Id,
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.NotFound);

        var pair = SshKeyPair.Generate();
        var vault = rig.Get<TimeLocker.Server.Secrets.SecretVault>();
        await rig.Get<AuditLog>().ChangeAsync(Actor.System, "test.planted",
            (db, _) => vault.SaveAsync(db, $"repository:{place.Id:N}", "backend.privateKey", pair.PrivateKey));
        await using (var db = await rig.DatabaseAsync())
        {
            await db.Repositories.ExecuteUpdateAsync(r => r.SetProperty(x => x.Backend, "sftp"));
        }

        (await rig.Get<RepositoryChanges>().SshKeyAsync(place.Id, DeskRig.Admin)).PublicKey.ShouldBe(pair.PublicKey);
    }

    [Fact]
    public async Task Name_and_region_are_changed_each_for_itself()
    {
        var place = await rig.RepositoryAsync();

        var changed = await rig.Get<RepositoryChanges>().UpdateAsync(place.Id, new() { Region = " EU, Frankfurt " }, DeskRig.Admin);
        (changed.Name, changed.Region).ShouldBe((place.Name, "EU, Frankfurt"));
        changed = await rig.Get<RepositoryChanges>().UpdateAsync(place.Id, new() { Name = "cellar" }, DeskRig.Admin);
        (changed.Name, changed.Region).ShouldBe(("cellar", "EU, Frankfurt"));
        (await Should.ThrowAsync<ProblemException>(() => rig.Get<RepositoryChanges>().UpdateAsync(place.Id,
            new() { Region = "a\nb" }, DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
    }

    [Fact]
    public async Task A_known_repository_is_tested_again_and_what_was_found_is_kept()
    {
        var place = await rig.RepositoryAsync();
        (await rig.Get<RepositoryChanges>().TestAgainAsync(place.Id,
            DeskRig.Actor(Role.Operator))).State.ShouldBe(RepositoryState.Ready);

        Directory.Move(rig.In("place"), rig.In("away"));
        (await rig.Get<RepositoryChanges>().TestAgainAsync(place.Id, DeskRig.Admin)).State.ShouldBe(RepositoryState.Missing);
        (await repositories.GetAsync(place.Id)).Trouble.ShouldNotBeNull();

        var other = await rig.RepositoryAsync("other");
        await using (var db = await rig.DatabaseAsync())
        {
            await db.Repositories.Where(r => r.Id == place.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(r => r.ResticId, other.ResticId));
        }

        Directory.Move(rig.In("away"), rig.In("place"));
        (await rig.Get<RepositoryChanges>().TestAgainAsync(place.Id,
            DeskRig.Admin)).Problem!.What.Full.ShouldBe("This is another repository.");
    }

    [Fact]
    public async Task New_values_are_kept_only_when_they_lead_to_the_same_repository()
    {
        var place = await rig.RepositoryAsync();
        await rig.RepositoryAsync("other");
        Directory.Move(rig.In("place"), rig.In("moved"));

        (await Should.ThrowAsync<ProblemException>(() => ToAsync("nowhere"))).Kind.ShouldBe(ProblemKind.Conflict);
        (await Should.ThrowAsync<ProblemException>(() => ToAsync("other"))).Kind.ShouldBe(ProblemKind.Conflict);
        (await Should.ThrowAsync<ProblemException>(() => rig.Get<RepositoryChanges>().UpdateAsync(place.Id,
            new() { Values = new() { ["path"] = "../x" } }, DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        (await repositories.GetAsync(place.Id)).Values["path"].ShouldBe(rig.In("place"));

        (await ToAsync("moved")).Values["path"].ShouldBe(rig.In("moved"));
        (await rig.Get<RepositoryChanges>().TestAgainAsync(place.Id, DeskRig.Admin)).State.ShouldBe(RepositoryState.Ready);

        Task<Repository> ToAsync(string folder) =>
            rig.Get<RepositoryChanges>().UpdateAsync(place.Id, new() { Values = new() { ["path"] = rig.In(folder) } },
                DeskRig.Admin);
    }

    [Fact]
    public async Task Shares_of_one_name_on_two_servers_are_two_places()
    {
        var place = await rig.RepositoryAsync();
        await using (var db = await rig.DatabaseAsync())
        {
            db.Repositories.Add(new()
            {
                Id = Guid.NewGuid(),
                Name = "nas",
                Backend = "smb",
                Values = new() { ["host"] = "nas-1", ["share"] = "backup", ["user"] = "u" },
                CreatedAt = place.CreatedAt,
                ResticId = new string('a', 64),
            });
            await db.SaveChangesAsync();
        }

        (await AddAsync("nas-1")).What.Full.ShouldBe("This repository is already in TimeLocker.");
        (await AddAsync("nas-2.invalid")).What.Full.ShouldNotBe("This repository is already in TimeLocker.");

        async Task<Problem> AddAsync(string host) =>
            (await Should.ThrowAsync<ProblemException>(() => rig.Get<NewRepositories>().AddAsync(
            new()
            {
                Name = host,
                Backend = "smb",
                Values = new() { ["host"] = host, ["share"] = "backup", ["user"] = "u", ["password"] = "p" },
                Password = "secret",
            }, DeskRig.Admin))).Problem;
    }

    // As the machine would have said it; what it says itself at the start comes first.
    private async Task KnownAsync(List<string> schemes, List<string> programs)
    {
        var agents = rig.Get<AgentRegistry>();
        await DeskRig.UntilAsync(async () => (await agents.GetAsync(agents.LocalId)).SeenAt is not null);
        await using var db = await rig.DatabaseAsync();
        var machine = await db.Machines.SingleAsync();
        (machine.Schemes, machine.Programs) = (schemes, programs);
        await db.SaveChangesAsync();
    }
}
