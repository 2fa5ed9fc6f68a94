using TimeLocker.Core.Extensions;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Core.Repositories.Backends;

/// <summary>Any server with SSH. Its host key is pinned, no configuration of ssh is read, and nobody is ever asked for a password.</summary>
public sealed class SftpBackend : IRepositoryBackend
{
    private const string Files = ResticTarget.FilesFolder;

    public string Kind => "sftp";
    public string Title => "SSH server (SFTP)";
    public string Scheme => "sftp";
    public string Needs => "ssh";

    // No field is a place: a private key proves itself and is never sent, and the host key is pinned.
    public IReadOnlyList<Field> Fields { get; } =
    [
        new("host", "Server") { Required = true, Editor = FieldEditor.SshServer, Example = "backup.example.org", Help = "Its name or IP address.", Rule = AddressRules.Host },
        new("port", "Port", FieldType.Number) { Editor = FieldEditor.SshPort, Default = "22", Example = "22", Rule = AddressRules.Port },
        new("user", "User") { Required = true, Editor = FieldEditor.SshUser, Example = "backup", Help = "An account on that server.", Rule = AddressRules.User },
        new("path", "Folder on the server") { Required = true, Example = "/srv/restic/office", Help = "Without “/” in front it begins in that user's home folder. It is made when it is missing.", Rule = Path },
        new("hostKey", "The server's key", FieldType.Lines) { Required = true, Editor = FieldEditor.SshHostKey, Example = "ssh-ed25519 AAAAC3Nza…", Help = "By it the server is known again. One key a line, as “ssh-keyscan” prints it.", Rule = SshKeys.WhyNotHostKeys },
        new("privateKey", "Private key", FieldType.Secret) { Editor = FieldEditor.SshPrivateKey, Multiline = true, Help = "A key without a passphrase, only for this repository. Empty: the ssh agent of the user who runs TimeLocker.", Rule = SshKeys.WhyNotPrivate },
        new("identityFile", "Key file on this machine") { Editor = FieldEditor.SshKeyFile, Advanced = true, Example = "/etc/timelocker/id_ed25519", Help = "Instead of a private key here: a file that the user who runs TimeLocker can read.", Rule = KeyFile },
    ];

    public ResticTarget Target(FieldValues values)
    {
        var (host, port, own) = (values["host"], values.Has("port") ? values["port"] : "22", values.Has("privateKey"));
        string[] identity = own ? [$"-i {Quoted($"{Files}/key")}", "-oIdentitiesOnly=yes", "-oIdentityAgent=none"]
            : values.Has("identityFile") ? [$"-i {Quoted(values["identityFile"])}", "-oIdentitiesOnly=yes", "-oIdentityAgent=none"] : [];
        string[] arguments =
        [
            "-F /dev/null", .. identity, Quoted($"-oUserKnownHostsFile=\"{Files}/known_hosts\""), "-oGlobalKnownHostsFile=/dev/null", "-oStrictHostKeyChecking=yes",
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
        ?? (value.StartsWith('~') ? Texts.BeginsLeaveAfterOut : AddressFields.Path(value).Length == 0 ? Texts.TopFolderCannotRepository : null);

    private static Text? KeyFile(string value) => AddressRules.Folder(value) ?? (value.IndexOfAny(['\'', '"', '%', '\\']) >= 0 ? Texts.ContainsQuotePercentSign : null);

    // restic splits the arguments at blanks and knows quotes, but no escape in them.
    private static string Quoted(string word) => $"'{word}'";
}
