using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Repositories.Backends;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Repositories;
using TimeLocker.Tests.Agent;
using TimeLocker.Tests.Server.Reports;
using TimeLocker.Tests.Servers;
using Xunit;
using SshServer = TimeLocker.Tests.Servers.SshServer;

namespace TimeLocker.Tests.Server.Repositories;

/// <summary>A kit brings the files back without TimeLocker, and counts as kept only once it has opened its repository.</summary>
public sealed class RecoveryKitTests : IAsyncLifetime
{
    private DeskRig rig = null!;
    private Repository place = null!;

    private RecoveryDesk Kits => rig.Get<RecoveryDesk>();

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        place = await rig.RepositoryAsync("büro's place");
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task Only_a_kit_that_opened_the_repository_is_proven()
    {
        var kit = await Kits.KitAsync(place.Id, DeskRig.Admin);
        (kit.Password.Length, kit.Address, kit.ResticId).ShouldBe((34, rig.In("büro's place"), place.ResticId));

        (await RefusedAsync(new() { Password = new("something else") })).Problem.What.Full.ShouldBe(
            "The repository's password is wrong.");
        (await RefusedAsync(new()
        {
            Password = new(kit.Password),
            Address = rig.In("elsewhere"),
        })).Problem.Why.Full.ShouldContain("address");
        (await RefusedAsync(new())).Kind.ShouldBe(ProblemKind.Invalid);
        (await rig.Get<RepositoryCatalog>().GetAsync(place.Id)).RecoveryConfirmedAt.ShouldBeNull();

        var told = false;
        rig.Get<RepositoryCatalog>().KitsChanged += () => told = true;
        (await Kits.TestAsync(place.Id, new() { Password = new($" {kit.Password} "), Address = kit.Address + "/" },
            DeskRig.Admin)).RecoveryConfirmedAt.ShouldNotBeNull();
        told.ShouldBeTrue();
        await using var db = await rig.DatabaseAsync();
        var kinds = await db.AuditEntries.Select(e => EF.Property<string>(e, "Kind")).ToListAsync();
        (kinds.Contains("repository.recovery-kit-shown"), kinds.Contains("repository.recovery-kit-proven")).ShouldBe((true, true));
        foreach (var file in Directory.EnumerateFiles(rig.Data, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(f) != "server.lock"))
        {
            Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)).ShouldNotContain(kit.Password, Case.Sensitive, file);
        }
    }

    [Fact]
    public async Task The_commands_of_a_kit_open_the_repository_in_a_plain_shell()
    {
        var restic = (await new TimeLocker.Agent.Restic.ResticBinary().FindAsync()).Path;
        var said = await AgentRig.ShellAsync(
            $"export HOME={rig.Root}; restic() {{ {restic} \"$@\"; "
            + $"}}\n{string.Join('\n', (await Kits.KitAsync(place.Id, DeskRig.Admin)).Commands.SkipLast(1))} --json",
            rig.Root);
        said.Trim().ShouldBe("[]");
    }

    [Fact]
    public async Task The_commands_of_a_kit_open_a_repository_on_an_ssh_server_with_its_own_key()
    {
        await using var server = await SshServer.NewAsync();
        FreshRepository.Put(server.In("re, po"), AgentRig.Password);
        var kit = RecoveryKit.For(place,
            new SftpBackend().Target(new(server.Place("re, po").Values)) with { Password = new(AgentRig.Password) });
        var restic = (await new TimeLocker.Agent.Restic.ResticBinary().FindAsync()).Path;

        var said = await AgentRig.ShellAsync(
            $"HOME={rig.Root}; export HOME; restic() {{ {restic} \"$@\"; }}\n{string.Join('\n', kit.Commands.SkipLast(1))} --json", rig.Root);

        said.Trim().ShouldBe("[]");
    }

    [Fact]
    public async Task Files_options_and_variables_of_a_backend_come_out_of_the_shell_as_they_went_in()
    {
        var target = new ResticTarget
        {
            Location = "sftp:me@host:/b",
            Password = new("it's $HOME"),
            Options = ["sftp.args=-i {files}/key -p 22"],
            Environment = new Dictionary<string, Secret> { ["KEY"] = new("a'b\"c $(id)"), ["CERT"] = new("{files}/ca.pem") },
            Files = new Dictionary<string, Secret> { ["key"] = new("-----BEGIN KEY-----\nabc $HOME `id`\n-----END KEY-----\n") },
            MountSource = "nas:/b",
            Folder = "/mnt/b",
        };
        var kit = RecoveryKit.For(place, target);
        var said = await AgentRig.ShellAsync(
            $"HOME={rig.Root}; restic() {{ printf '%s|' \"$@\" \"$RESTIC_PASSWORD\" \"$KEY\" \"$CERT\"; echo; "
            + $"}}\n{string.Join('\n', kit.Commands)}\ncat $HOME/recovery-*/key; stat -c %a $HOME/recovery-*/key",
            rig.Root);
        var folder = Directory.GetDirectories(rig.Root, "recovery-*").Single();
        said.Split('\n')[0].ShouldBe($"-o|\"sftp.args=-i {folder}/key -p 22\"|snapshots|it's $HOME|a'b\"c $(id)|{folder}/ca.pem|");
        said.ShouldEndWith("-----BEGIN KEY-----\nabc $HOME `id`\n-----END KEY-----\n600\n");
        kit.Commands[0].ShouldBe("# first mount nas:/b so that /mnt/b is on it");
    }

    [Fact]
    public async Task A_kit_comes_as_json_as_text_and_as_a_pdf_for_one_repository_or_all()
    {
        var other = await rig.RepositoryAsync("second");
        using var client = await rig.ClientAsync(Role.Admin);
        var json = JsonNode.Parse(await client.GetStringAsync(new Uri("api/v1/recovery-kit?format=json",
            UriKind.Relative)))!["items"]!.AsArray();
        var passwords = json.Select(k => k!["password"]!.ToString()).ToList();
        passwords.Count.ShouldBe(2);
        var text = await client.GetStringAsync(new Uri($"api/v1/repositories/{other.Id}/recovery-kit?format=text",
            UriKind.Relative));
        (text.Contains(passwords[1], StringComparison.Ordinal),
            text.Contains(passwords[0], StringComparison.Ordinal)).ShouldBe((true, false));

        using var answer = await client.GetAsync(new Uri("api/v1/recovery-kit", UriKind.Relative));
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/pdf");
        var pages = PdfText.Of(await answer.Content.ReadAsByteArrayAsync());
        pages.Count.ShouldBe(2);
        foreach (var (page, kit) in pages.Zip(json))
        {
            page.ShouldContain(kit!["password"]!.ToString());
            page.ShouldContain(kit["repositoryName"]!.ToString());
            page.ShouldContain(kit["resticId"]!.ToString());
            page.ShouldContain("restic snapshots");
        }

        using var wrong = await client.GetAsync(new Uri("api/v1/recovery-kit?format=docx", UriKind.Relative));
        ((int)wrong.StatusCode).ShouldBe(400);
    }

    private Task<ProblemException> RefusedAsync(RecoveryKitTest typed) =>
        Should.ThrowAsync<ProblemException>(() => Kits.TestAsync(place.Id, typed, DeskRig.Admin));
}
