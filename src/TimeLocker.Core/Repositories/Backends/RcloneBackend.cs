using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Repositories.Backends;

/// <summary>A remote that the admin has set up with <c>rclone config</c>: any of rclone's clouds.</summary>
public sealed class RcloneBackend : IRepositoryBackend
{
    public string Kind => "rclone";
    public string Title => "rclone remote (Google Drive, OneDrive, WebDAV, …)";
    public string Scheme => "rclone";
    public string Needs => "rclone";

    public IReadOnlyList<Field> Fields { get; } =
    [
        new("remote", "Remote") { Required = true, Example = "onedrive", Help = "The name of a remote that “rclone listremotes” shows to the user who runs TimeLocker.", Rule = AddressRules.Remote },
        new("path", "Folder") { Example = "backup/office", Help = "A folder there. Empty: its top.", Rule = AddressRules.Word },
    ];

    public ResticTarget Target(FieldValues values) => new()
    {
        Location = $"rclone:{values["remote"]}:{(values["path"].StartsWith('/') ? "/" : "")}{AddressFields.Path(values["path"])}",
        Inherited = ["RCLONE_CONFIG", "RCLONE_CONFIG_PASS", "XDG_CONFIG_HOME"],
    };
}
