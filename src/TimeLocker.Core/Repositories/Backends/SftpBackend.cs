using TimeLocker.Core.Extensions;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Core.Repositories.Backends;

/// <summary>
/// Any server with SSH. Its host key is pinned, no configuration of ssh is read, and nobody is ever asked for a
/// password.
/// </summary>
public sealed class SftpBackend : IRepositoryBackend
{
    private const string Files = ResticTarget.FilesFolder;

    public string Kind => "sftp";
    public Text Title => Texts.SftpTitle;
    public string Scheme => "sftp";
    public string Needs => "ssh";

    // No field is a place: a private key proves itself and is never sent, and the host key is pinned.
    public IReadOnlyList<Field> Fields { get; } =
    [
        new("host", Texts.Endpoint)
        {
            Required = true,
            Editor = FieldEditor.SshServer,
            Example = "backup.example.org",
            Help = Texts.HostHelp,
            Rule = AddressRules.Host,
        },
        new("port", Texts.Port, FieldType.Number)
        {
            Editor = FieldEditor.SshPort,
            Default = "22",
            Example = "22",
            Rule = AddressRules.Port,
        },
        new("user", Texts.User)
        {
            Required = true,
            Editor = FieldEditor.SshUser,
            Example = "backup",
            Help = Texts.SftpUserHelp,
            Rule = AddressRules.User,
        },
        new("path", Texts.SftpPath) { Required = true, Example = "/srv/restic/office", Help = Texts.SftpPathHelp, Rule = Path },
        new("hostKey", Texts.HostKey, FieldType.Lines)
        {
            Required = true,
            Editor = FieldEditor.SshHostKey,
            Example = "ssh-ed25519 AAAAC3Nza…",
            Help = Texts.HostKeyHelp,
            Rule = SshKeys.WhyNotHostKeys,
        },
        new("privateKey", Texts.PrivateKey, FieldType.Secret)
        {
            Editor = FieldEditor.SshPrivateKey,
            Multiline = true,
            Help = Texts.PrivateKeyHelp,
            Rule = SshKeys.WhyNotPrivate,
        },
        new("identityFile", Texts.IdentityFile)
        {
            Editor = FieldEditor.SshKeyFile,
            Advanced = true,
            Example = "/etc/timelocker/id_ed25519",
            Help = Texts.IdentityFileHelp,
            Rule = KeyFile,
        },
    ];

    public ResticTarget Target(FieldValues values)
    {
        var (host, port, own) = (values["host"], values.Has("port") ? values["port"] : "22", values.Has("privateKey"));
        string[] identity = own ? [$"-i {Quoted($"{Files}/key")}", "-oIdentitiesOnly=yes", "-oIdentityAgent=none"]
            : values.Has("identityFile")
            ? [$"-i {Quoted(values["identityFile"])}", "-oIdentitiesOnly=yes", "-oIdentityAgent=none"] : [];
        string[] arguments =
        [
            "-F /dev/null", .. identity, Quoted($"-oUserKnownHostsFile=\"{Files}/known_hosts\""),
                "-oGlobalKnownHostsFile=/dev/null", "-oStrictHostKeyChecking=yes",
            "-oBatchMode=yes", "-oConnectTimeout=10", "-oServerAliveInterval=30", "-oServerAliveCountMax=4",
        ];
        var files = new Dictionary<string, Secret> { ["known_hosts"] = new(SshKeys.KnownHosts(host, port, values["hostKey"])) };
        if (own)
        {
            files["key"] = new(values["privateKey"].Trim() + "\n");
        }

        return new ResticTarget
        {
            Location = $"sftp://{Uri.EscapeDataString(values["user"])}@{AddressFields.Bracketed(host)}:{port}/{(values["path"].StartsWith('/') ? "/" : "")}{AddressFields.Path(values["path"], url: true)}",
            Options = [$"sftp.args={string.Join(' ', arguments)}"],
            Files = files,
            Inherited = identity.Length == 0 ? ["SSH_AUTH_SOCK"] : [],
        };
    }

    private static Text? Path(string value) => AddressRules.Word(value)
        ?? (value.StartsWith('~') ? Texts.BeginsLeaveAfterOut : AddressFields.Path(value).Length == 0
            ? Texts.TopFolderCannotRepository : null);

    private static Text? KeyFile(string value) =>
        AddressRules.Folder(value)
            ?? (value.IndexOfAny(['\'', '"', '%', '\\']) >= 0 ? Texts.ContainsQuotePercentSign : null);

    // restic splits the arguments at blanks and knows quotes, but no escape in them.
    private static string Quoted(string word) => $"'{word}'";
}
