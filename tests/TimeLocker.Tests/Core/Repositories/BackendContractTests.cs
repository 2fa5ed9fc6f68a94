using System.Text;
using Shouldly;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Repositories;
using Xunit;

namespace TimeLocker.Tests.Core.Repositories;

/// <summary>What holds for every kind of place: a new one comes under these tests with its line in BuiltInExtensions.</summary>
public sealed class BackendContractTests
{
    // What restic, ssh or rclone would take for an option, a command, another line, another connection or another place.
    private static readonly string[] Hostile =
    [
        "-", "-oProxyCommand=touch /tmp/x", "--password-command=touch /tmp/x", "a\nb", "a\0b", "a\u001b[2J",
            ":sftp,ssh=touch:", ":local:/etc", "../x", "/a/../../etc", "a/..", "{files}/key",
    ];

    private static readonly Dictionary<string, string[]> HostileHere = new()
    {
        ["host"] = ["a b", "user@host", "host:22", "host/x", "[::1]", "fe80::1%$(id)", "$(id)"],
        ["url"] = ["https://user:pw@host/", "https://user@host/", "ftp://host/", "file:///etc",
            "https://-oProxyCommand=x/", "https://host/a b", "https://host/?x=1", "https://host/%2e%2e/x", "host"],
        ["endpoint"] = ["https://user:pw@host", "host/bucket", "a b", "s3.example.org?x"],
        ["bucket"] = ["a/b", "a b", "a:b", "a..b"],
        ["remote"] = ["nas:", "nas,host=evil", "a:b", "nas/x"],
        ["share"] = ["a/b", "a\\b", "a:b", "a,b"],
        ["user"] = ["a:b", "a/b"],
        ["port"] = ["0", "65536", "22x", "-1", "2 2"],
        ["hostKey"] = ["ssh-ed25519 AAAA", "ssh-ed25519",
            "command=\"x\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIgealvY8GswfGX0vazwDxdZT3QV6Yu5UMH4R4uEV2O1"],
        ["privateKey"] = ["secret", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----"],
        ["caCertificate"] = ["text", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"],
        ["credentials"] = ["{", "{}",
            """{"type":"external_account","credential_source":{"executable":{"command":"touch /tmp/x"}}}"""],
        ["identityFile"] = ["/a'b", "/a\"b", "/%d/x"],
    };

    public static TheoryData<string> Kinds => new(BackendExamples.All.Select(b => b.Kind));

    [Fact]
    public void Kinds_are_unique_and_every_text_has_a_rule()
    {
        BackendExamples.All.Select(b => b.Kind).ShouldBeUnique();
        BackendExamples.All.SelectMany(b =>
            b.Fields.Where(f => f.Rule is null && f.Type is FieldType.Text or FieldType.Folder or FieldType.Lines
                or FieldType.Number).Select(f => $"{b.Kind}.{f.Name}")).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_restic_is_started_with_is_what_was_agreed(string kind)
    {
        var backend = BackendExamples.Of(kind);
        var told = $"# every field\n{Told(backend, BackendExamples.Full(backend))}\n# only what must be there\n{Told(backend, BackendExamples.Least(backend))}";
        var golden = Path.Combine(Fixtures(), $"{kind}.txt");
        if (Environment.GetEnvironmentVariable("TIMELOCKER_WRITE_GOLDEN") is not null)
        {
            File.WriteAllText(golden, told);
        }

        told.ShouldBe(File.ReadAllText(golden));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_hostile_value_is_refused_in_every_field(string kind)
    {
        var backend = BackendExamples.Of(kind);
        var let = new List<string>();
        foreach (var field in backend.Fields.Where(f => f.Type is not (FieldType.Flag or FieldType.Secret) || f.Rule is not null))
        {
            foreach (var value in Hostile.Concat(HostileHere.GetValueOrDefault(field.Name) ?? []))
            {
                if (Refusal(backend,
                    new(BackendExamples.Full(backend))
                    {
                        [field.Name] = value
                    }) is not { Kind: ProblemKind.Invalid } refused
                        || !refused.Problem.What.Full.Contains(field.Label, StringComparison.Ordinal))
                {
                    let.Add($"{field.Name} = {value}");
                }
            }
        }

        let.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_secret_holds_no_other_line_and_never_shows_in_the_command_line(string kind)
    {
        var backend = BackendExamples.Of(kind);
        foreach (var field in backend.Fields.Where(f => f.Type == FieldType.Secret))
        {
            var secret = BackendExamples.Full(backend)[field.Name];
            var target = backend.Target(new FieldValues(BackendExamples.Full(backend)).Checked(backend));

            string.Join('\n',
                [target.Location, .. target.Options, ResticArguments.Show(target, ResticArguments.Snapshots(target))])
                .ShouldNotContain(secret[..8]);
            target.Environment.Concat(target.Files)
                .Count(v => v.Value.Reveal().Contains(secret.Trim(), StringComparison.Ordinal)).ShouldBe(1, field.Name);
            Refusal(backend, new(BackendExamples.Full(backend)) { [field.Name] = field.Multiline ? "a\0b" : "a\nb" })
                .ShouldNotBeNull();
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_required_must_be_there_and_nothing_else(string kind)
    {
        var backend = BackendExamples.Of(kind);
        Refusal(backend, BackendExamples.Least(backend)).ShouldBeNull();
        foreach (var field in backend.Fields.Where(f => f.Required))
        {
            Refusal(backend, new(BackendExamples.Full(backend)) { [field.Name] = "" })
                .ShouldNotBeNull(field.Name).Problem.Why.Full.ShouldBe("It is empty.");
        }

        // The address is shown where the secrets are not at hand.
        backend.Target(new(BackendExamples.Least(backend)
            .Where(v => backend.Fields.Single(f => f.Name == v.Key).Type != FieldType.Secret)
            .ToDictionary())).Location.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("sftp", "path", "restic/office", "sftp://backup@backup.example.org:22/restic/office")]
    [InlineData("sftp", "host", "2001:db8::7", "sftp://backup@[2001:db8::7]:22//srv/rest%20ic/50%25%20%231")]
    [InlineData("s3", "endpoint", "s3.eu-central-1.amazonaws.com", "s3:https://s3.eu-central-1.amazonaws.com/company-backup")]
    [InlineData("s3", "prefix", "/a b//c/", "s3:https://minio.example.org:9000/company-backup/a%20b/c")]
    [InlineData("rest", "url", "http://192.168.1.5:8000", "rest:http://192.168.1.5:8000/")]
    [InlineData("smb", "path", "", "rclone:NAS:backup")]
    public void An_address_may_be_given_in_the_forms_that_people_have(string kind, string field, string value, string location)
    {
        var backend = BackendExamples.Of(kind);
        backend.Target(new FieldValues(new Dictionary<string,
            string>(BackendExamples.Least(backend))
        { [field] = value }).Checked(backend)).Location.ShouldBe(location);
    }

    private static string Told(IRepositoryBackend backend, Dictionary<string, string> given)
    {
        var target = backend.Target(new FieldValues(given).Checked(backend));
        var secrets = backend.Fields.Where(f => f.Type == FieldType.Secret && given.ContainsKey(f.Name))
            .Select(f => given[f.Name]).ToList();
        var text = new StringBuilder().AppendJoin('\n', ResticArguments.Snapshots(target).Prepend("restic")).Append("\n\n");
        foreach (var (name, value) in target.Environment.OrderBy(v => v.Key, StringComparer.Ordinal)
            .Prepend(new("RESTIC_REPOSITORY", new(target.Location))))
        {
            text.Append(name).Append('=').Append(Masked(value.Reveal()))
                .Append(target.Obscured.Contains(name) ? " (obscured)" : "").Append('\n');
        }

        foreach (var (name, content) in target.Files)
        {
            text.Append(ResticTarget.FilesFolder).Append('/').Append(name).Append(": ").Append(Masked(content.Reveal()))
                .Append('\n');
        }

        text.AppendJoin("", target.Inherited.Select(name => $"inherited {name}\n"));
        return text.Append(target.Folder is { } folder ? $"folder {folder}\n" : "")
            .Append(target.MountSource is { } source ? $"mounted from {source}\n" : "").ToString();

        string Masked(string value) =>
            secrets.Any(s => value.Contains(s.Trim(), StringComparison.Ordinal)) ? "•••"
                : value.StartsWith("-----BEGIN CERTIFICATE", StringComparison.Ordinal) ? "(certificate)"
                : value.TrimEnd('\n');
    }

    private static ProblemException? Refusal(IRepositoryBackend backend, Dictionary<string, string> values)
    {
        try
        {
            backend.Target(new FieldValues(values).Checked(backend));
            return null;
        }
        catch (ProblemException refused)
        {
            return refused;
        }
    }

    private static string Fixtures()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(at.FullName, "tests/fixtures/backends")))
        {
            at = at.Parent ?? throw new DirectoryNotFoundException("tests/fixtures/backends");
        }

        return Path.Combine(at.FullName, "tests/fixtures/backends");
    }
}
