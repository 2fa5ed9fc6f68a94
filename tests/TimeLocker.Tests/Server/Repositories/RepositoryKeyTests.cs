using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using TimeLocker.Server.Secrets;
using TimeLocker.Tests.Agent;
using Xunit;

namespace TimeLocker.Tests.Server.Repositories;

/// <summary>Further keys of a repository, and another password for it: with real restic, and cut off at every step.</summary>
public sealed class RepositoryKeyTests : IAsyncLifetime
{
    private static readonly Secret New = new("the new password of it");

    private DeskRig rig = null!;
    private Repository place = null!;

    private RepositoryKeys Keys => rig.Get<RepositoryKeys>();

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        place = await AdoptAsync("place");
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_further_key_opens_the_repository_until_it_is_removed()
    {
        var added = await Keys.AddAsync(place.Id, new() { Name = "Anna's laptop" }, DeskRig.Admin);
        var keys = await Keys.ListAsync(place.Id, DeskRig.Admin);
        keys.Count.ShouldBe(2);
        keys.Single(k => k.Id == added.Id).User.ShouldBe("Anna's laptop");
        keys.Single(k => k.Id == added.Id).CreatedAt.ShouldBeInRange(TimeProvider.System.GetUtcNow().AddMinutes(-2),
            TimeProvider.System.GetUtcNow().AddMinutes(1));
        (await OpensAsync(place, new(added.Password))).ShouldBeTrue();

        var own = keys.Single(k => k.Current).Id;
        (await Should.ThrowAsync<ProblemException>(() => Keys.RemoveAsync(place.Id, own,
            DeskRig.Admin))).Problem.Why.Full.ShouldContain("TimeLocker itself");
        (await Should.ThrowAsync<ProblemException>(() => Keys.RemoveAsync(place.Id, "",
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.NotFound);
        (await Should.ThrowAsync<ProblemException>(() => Keys.AddAsync(place.Id,
            new() { Name = "x", Password = new(AgentRig.Password) },
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        await Keys.RemoveAsync(place.Id, added.Id[..12], DeskRig.Admin);
        (await OpensAsync(place, new(added.Password))).ShouldBeFalse();
        (await OpensAsync(place, new(AgentRig.Password))).ShouldBeTrue();
    }

    [Fact]
    public async Task A_password_that_was_changed_without_us_is_entered_and_must_open_this_repository()
    {
        var other = await Keys.AddAsync(place.Id, new() { Name = "changed with restic" }, DeskRig.Admin);
        var repositories = rig.Get<RepositoryCatalog>();
        var refused =
            await Should.ThrowAsync<ProblemException>(() => rig.Get<RepositoryChanges>().UpdateAsync(place.Id,
                new() { Password = "not this one" }, DeskRig.Admin));
        (refused.Kind, refused.Problem.What.Full).ShouldBe((ProblemKind.Conflict, "The repository's password is wrong."));
        (await rig.Get<RepositoryAccess>().TargetAsync(place, default)).Password.Reveal().ShouldBe(AgentRig.Password,
            "nothing was changed");

        var changed = await rig.Get<RepositoryChanges>().UpdateAsync(place.Id, new() { Password = other.Password }, DeskRig.Admin);

        (await rig.Get<RepositoryAccess>().TargetAsync(changed, default)).Password.Reveal().ShouldBe(other.Password);
        (await Keys.ListAsync(place.Id, DeskRig.Admin)).Single(k => k.Current).Id.ShouldBe(other.Id);
        changed.RecoveryConfirmedAt.ShouldBeNull("the kit names the password of before");
        (await Should.ThrowAsync<ProblemException>(() => rig.Get<RepositoryChanges>().UpdateAsync(place.Id,
            new() { Password = AgentRig.Password },
            DeskRig.Actor(Role.Operator)))).Kind.ShouldBe(ProblemKind.Forbidden);
    }

    [Fact]
    public async Task A_copy_has_keys_and_a_password_of_its_own_and_is_copied_to_whatever_was_changed()
    {
        var copy = await rig.Get<NewRepositories>()
            .AddAsync(new()
            {
                Name = "second",
                Values = new() { ["path"] = rig.In("second") },
                Create = true,
                CopyOf = place.Id,
            }, DeskRig.Admin);
        var added = await Keys.AddAsync(place.Id, new() { Name = "Anna's laptop", Copies = true }, DeskRig.Admin);
        var there = added.Copies.ShouldHaveSingleItem();
        (there.RepositoryId, there.Problem).ShouldBe((copy.Id, null));
        (await OpensAsync(place, new(added.Password)), await OpensAsync(copy, new(added.Password))).ShouldBe((true, true));

        (await Keys.ListAsync(copy.Id, DeskRig.Admin)).Select(k => (k.Id == there.Id, k.Current))
            .ShouldBe([(true, false), (false, true)], ignoreOrder: true);
        (await rig.Get<PasswordChange>().ChangeAsync(copy.Id, new(), DeskRig.Admin)).Left.ShouldBeNull();
        await rig.Get<PasswordChange>().ChangeAsync(place.Id, new() { Password = New }, DeskRig.Admin);
        var run = await rig.EndAsync(await rig.Get<CopyRuns>().StartAsync(place.Id, new(), DeskRig.Admin));
        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());

        await Keys.RemoveAsync(copy.Id, there.Id![..12], DeskRig.Admin);
        (await OpensAsync(copy, new(added.Password)), await OpensAsync(place, new(added.Password))).ShouldBe((false, true));
    }

    [Fact]
    public async Task After_a_change_of_the_password_only_the_new_one_opens_and_the_kit_is_open_again()
    {
        await rig.Get<RecoveryDesk>().TestAsync(place.Id, new() { Password = new(AgentRig.Password) }, DeskRig.Admin);
        var changed = await rig.Get<PasswordChange>().ChangeAsync(place.Id, new() { Password = New }, DeskRig.Admin);

        (changed.Left, changed.Repository.RecoveryConfirmedAt).ShouldBe((null, null));
        (await OpensAsync(place, New), await OpensAsync(place, new(AgentRig.Password))).ShouldBe((true, false));
        (await rig.Get<RecoveryDesk>().KitAsync(place.Id, DeskRig.Admin)).Password.ShouldBe(New.Reveal());
        (await FieldsAsync(place)).ShouldBe(["password"]);
        (await Should.ThrowAsync<ProblemException>(() => rig.Get<PasswordChange>().ChangeAsync(place.Id,
            new() { Password = New }, DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
    }

    // The state that a kill leaves at each step, then a start.
    [Fact]
    public async Task A_change_that_was_cut_off_is_finished_or_undone_at_the_next_start()
    {
        var old = new Secret(AgentRig.Password);
        var (written, added, adopted, removed) = (await AdoptAsync("written"), await AdoptAsync("added"),
            await AdoptAsync("adopted"), await AdoptAsync("removed"));
        await SaveAsync(written, ("password.next", New));
        await SaveAsync(added, ("password.next", New));
        await SaveAsync(adopted, ("password", New), ("password.old", old));
        await SaveAsync(removed, ("password", New), ("password.old", old));
        foreach (var one in (Repository[])[added, adopted, removed])
        {
            await rig.Agent.AskAsync(new AddKey(Target(one, old), New, "timelocker", "here"), default);
        }

        var first = (await rig.Agent.AskAsync(new ListKeys(Target(removed, old)), default)).Single(k => k.Current).Id;
        await rig.Agent.AskAsync(new RemoveKey(Target(removed, New), first), default);

        await rig.RestartAsync();
        foreach (var (one, password) in ((Repository, Secret)[])[(written, old), (added, New), (adopted, New), (removed, New)])
        {
            await EventuallyAsync(async () => (await FieldsAsync(one)) is ["password"]);
            (await rig.Get<RecoveryDesk>().KitAsync(one.Id, DeskRig.Admin)).Password.ShouldBe(password.Reveal(), one.Name);
            (await OpensAsync(one, password)).ShouldBeTrue(one.Name);
            (await Keys.ListAsync(one.Id, DeskRig.Admin)).ShouldHaveSingleItem(one.Name);
        }
    }

    [Fact]
    public async Task A_repository_in_use_keeps_its_keys_until_it_is_free()
    {
        using (await rig.Get<IExclusiveUse>().EnterAsync(place.Id, Text.Verbatim("A long check"), TimeSpan.FromSeconds(1), default))
        {
            var refused =
                await Should.ThrowAsync<ProblemException>(() => rig.Get<IExclusiveUse>().EnterAsync(place.Id,
                    Text.Verbatim("second"), TimeSpan.FromMilliseconds(50), default));
            (refused.Kind,
                refused.Problem.Why.Full.Contains("A long check",
                    StringComparison.Ordinal)).ShouldBe((ProblemKind.Conflict, true));
        }

        (await rig.Get<IExclusiveUse>().EnterAsync(place.Id, Text.Verbatim("third"), TimeSpan.FromSeconds(1), default)).Dispose();
    }

    [Fact]
    public async Task A_server_that_lets_nothing_be_removed_is_called_append_only()
    {
        await using var agent =
            new AgentRig(
                script: """echo '{"message_type":"exit_error","code":1,"message":"Fatal: unable to remove key: unexpected HTTP response (403): 403 Forbidden"}' >&2; exit 1""");
        var refused =
            await Should.ThrowAsync<ProblemException>(() => RepositoryKeys.TakeAwayAsync(agent.Agent, agent.Target,
                "abcdef", default));
        (refused.Kind, refused.Problem.Why.Full.Contains("append-only", StringComparison.Ordinal),
            refused.Problem.Next.Full.Contains("keys/abcdef", StringComparison.Ordinal)).ShouldBe((ProblemKind.Conflict,
                true, true));
    }

    // A copy of one made beforehand: making a key costs seconds.
    private async Task<Repository> AdoptAsync(string name)
    {
        await using var agent = new AgentRig();
        await agent.CreateRepositoryAsync();
        await AgentRig.ShellAsync($"cp -r {agent.In("repo")} {rig.In(name)}", "/");
        return await rig.Get<NewRepositories>()
            .AddAsync(new() { Name = name, Values = new() { ["path"] = rig.In(name) }, Password = AgentRig.Password },
            DeskRig.Admin);
    }

    private ResticTarget Target(Repository one, Secret password) =>
        new() { Location = rig.In(one.Name), Folder = rig.In(one.Name), Password = password };

    private async Task<bool> OpensAsync(Repository one, Secret password) =>
        (await rig.Agent.AskAsync(new TestRepository(Target(one, password)), default)).State == RepositoryState.Ready;

    private Task SaveAsync(Repository one, params (string Field, Secret Value)[] secrets) =>
        rig.Get<AuditLog>().ChangeAsync(Actor.System, "test.saved", async (db, _) =>
    {
        foreach (var (field, value) in secrets)
        {
            await rig.Get<SecretVault>().SaveAsync(db, $"repository:{one.Id:N}", field, value);
        }
    });

    private async Task<List<string>> FieldsAsync(Repository one)
    {
        await using var db = await rig.DatabaseAsync();
        return await db.Secrets.Where(s => s.Owner == $"repository:{one.Id:N}").Select(s => s.Field).ToListAsync();
    }

    private static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        while (!await holds())
        {
            await Task.Delay(50, limit.Token);
        }
    }
}
