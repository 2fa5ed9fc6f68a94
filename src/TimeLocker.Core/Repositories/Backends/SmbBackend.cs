using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Repositories.Backends;

/// <summary>
/// A Windows or NAS share, reached by rclone without a mount and without root. rclone is told everything by its
/// environment and reads no file.
/// </summary>
public sealed class SmbBackend : IRepositoryBackend
{
    private const string Set = "RCLONE_CONFIG_NAS_";

    public string Kind => "smb";
    public Text Title => Texts.SmbTitle;
    public string Scheme => "rclone";
    public string Needs => "rclone";

    public IReadOnlyList<Field> Fields { get; } =
    [
        new("host", Texts.Endpoint)
        {
            Required = true,
            Place = true,
            Example = "nas.local",
            Help = Texts.HostHelp,
            Rule = AddressRules.Host,
        },
        new("share", Texts.Share) { Required = true, Example = "backup", Help = Texts.ShareHelp, Rule = AddressRules.Share },
        new("path", Texts.SmbPath) { Example = "office", Help = Texts.SmbPathHelp, Rule = AddressRules.Word },
        new("user", Texts.User) { Required = true, Example = "backup", Rule = AddressRules.Share },
        new("password", Texts.Password, FieldType.Secret) { Required = true, Help = Texts.SmbPasswordHelp },
        new("domain", Texts.Domain) { Advanced = true, Example = "OFFICE", Help = Texts.DomainHelp, Rule = AddressRules.User },
        new("port", Texts.Port, FieldType.Number) { Advanced = true, Place = true, Default = "445", Rule = AddressRules.Port },
    ];

    public ResticTarget Target(FieldValues values) => new()
    {
        Location = $"rclone:NAS:{values["share"]}/{AddressFields.Path(values["path"])}".TrimEnd('/'),
        Environment = AddressFields.Variables(
            ("RCLONE_CONFIG", "/dev/null"),
            // ten keep a wrong password waiting for a quarter of a minute; restic itself tries again, too
            ("RCLONE_LOW_LEVEL_RETRIES", "3"),
            (Set + "TYPE", "smb"),
            (Set + "HOST", values["host"]),
            (Set + "PORT", values["port"]),
            (Set + "USER", values["user"]),
            (Set + "PASS", values["password"]),
            (Set + "DOMAIN", values["domain"])),
        Obscured = [Set + "PASS"],
    };
}
