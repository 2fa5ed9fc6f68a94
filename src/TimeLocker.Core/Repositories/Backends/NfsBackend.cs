using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Repositories.Backends;

/// <summary>
/// A folder on a share that the system mounts. Without the mount nothing is written: it would land on the machine's own
/// disk.
/// </summary>
public sealed class NfsBackend : IRepositoryBackend
{
    public string Kind => "nfs";
    public Text Title => Texts.NfsTitle;

    public IReadOnlyList<Field> Fields { get; } =
    [
        new("path", Texts.Path, FieldType.Folder)
        {
            Required = true,
            Example = "/mnt/nas/restic",
            Help = Texts.NfsPathHelp,
            Rule = AddressRules.Folder,
        },
        new("expectedSource", Texts.ExpectedSource)
        {
            Required = true,
            Example = "nas:/export/backup",
            Help = Texts.ExpectedSourceHelp,
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
