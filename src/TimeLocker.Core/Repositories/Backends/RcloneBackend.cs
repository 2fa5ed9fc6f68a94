using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Repositories.Backends;

/// <summary>A remote that the admin has set up with <c>rclone config</c>: any of rclone's clouds.</summary>
public sealed class RcloneBackend : IRepositoryBackend
{
    public string Kind => "rclone";
    public Text Title => Texts.RcloneTitle;
    public string Scheme => "rclone";
    public string Needs => "rclone";

    public IReadOnlyList<Field> Fields { get; } =
    [
        new("remote", Texts.Remote) { Required = true, Example = "onedrive", Help = Texts.RemoteHelp, Rule = AddressRules.Remote },
        new("path", Texts.Path) { Example = "backup/office", Help = Texts.RclonePathHelp, Rule = AddressRules.Word },
    ];

    public ResticTarget Target(FieldValues values) => new()
    {
        Location = $"rclone:{values["remote"]}:{(values["path"].StartsWith('/') ? "/" : "")}{AddressFields.Path(values["path"])}",
        Inherited = ["RCLONE_CONFIG", "RCLONE_CONFIG_PASS", "XDG_CONFIG_HOME"],
    };
}
