using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Repositories.Backends;

/// <summary>A Windows or NAS share, reached by rclone without a mount and without root. rclone is told everything by its environment and reads no file.</summary>
public sealed class SmbBackend : IRepositoryBackend
{
    private const string Set = "RCLONE_CONFIG_NAS_";

    public string Kind => "smb";
    public string Title => "Windows or NAS share (SMB)";
    public string Scheme => "rclone";
    public string Needs => "rclone";

    public IReadOnlyList<Field> Fields { get; } =
    [
        new("host", "Server") { Required = true, Place = true, Example = "nas.local", Help = "Its name or IP address.", Rule = AddressRules.Host },
        new("share", "Share") { Required = true, Example = "backup", Help = "In \\\\nas\\backup\\office the share is “backup”.", Rule = AddressRules.Share },
        new("path", "Folder on the share") { Example = "office", Help = "It is made when it is missing. Empty: the top of the share.", Rule = AddressRules.Word },
        new("user", "User") { Required = true, Example = "backup", Rule = AddressRules.Share },
        new("password", "Password", FieldType.Secret) { Required = true, Help = "Of that user on the server." },
        new("domain", "Domain") { Advanced = true, Example = "OFFICE", Help = "Empty outside of a Windows domain.", Rule = AddressRules.User },
        new("port", "Port", FieldType.Number) { Advanced = true, Place = true, Default = "445", Rule = AddressRules.Port },
    ];

    public ResticTarget Target(FieldValues values) => new()
    {
        Location = $"rclone:NAS:{values["share"]}/{AddressFields.Path(values["path"])}".TrimEnd('/'),
        Environment = AddressFields.Variables(
            ("RCLONE_CONFIG", "/dev/null"),
            ("RCLONE_LOW_LEVEL_RETRIES", "3"), // ten keep a wrong password waiting for a quarter of a minute; restic itself tries again, too
            (Set + "TYPE", "smb"),
            (Set + "HOST", values["host"]),
            (Set + "PORT", values["port"]),
            (Set + "USER", values["user"]),
            (Set + "PASS", values["password"]),
            (Set + "DOMAIN", values["domain"])),
        Obscured = [Set + "PASS"],
    };
}
