using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Repositories.Backends;

/// <summary>A folder on a share that the system mounts. Without the mount nothing is written: it would land on the machine's own disk.</summary>
public sealed class NfsBackend : IRepositoryBackend
{
    public string Kind => "nfs";
    public string Title => "Network share that is mounted (NFS, SMB, …)";

    public IReadOnlyList<Field> Fields { get; } =
    [
        new("path", "Folder", FieldType.Folder)
        {
            Required = true,
            Example = "/mnt/nas/restic",
            Help = "A folder on the share, as this machine sees it.",
            Rule = AddressRules.Folder,
        },
        new("expectedSource", "What is mounted there")
        {
            Required = true,
            Example = "nas:/export/backup",
            Help = "As the command “findmnt” shows it under SOURCE: server:/folder for NFS, //server/share for SMB. When something else or nothing is mounted, no backup is made.",
            Rule = AddressRules.Source,
        },
    ];

    public ResticTarget Target(FieldValues values)
    {
        var path = Path.GetFullPath(values["path"]);
        return path == "/"
            ? throw ProblemException.Invalid(Problems.RootFolderCannotRepository)
            : new ResticTarget { Location = path, Folder = path, MountSource = values["expectedSource"] };
    }
}
