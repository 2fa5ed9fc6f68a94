using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Repositories.Backends;

/// <summary>A folder on a disk of the machine that runs restic.</summary>
public sealed class LocalBackend : IRepositoryBackend
{
    public const string Name = "local";

    public string Kind => Name;
    public Text Title => Texts.LocalTitle;
    public bool IsHere => true;

    public IReadOnlyList<Field> Fields { get; } =
    [
        new("path", Texts.Path, FieldType.Folder)
        {
            Required = true,
            Example = "/mnt/backup/office",
            Help = Texts.PathHelp,
            Rule = AddressRules.Folder,
        },
    ];

    public ResticTarget Target(FieldValues values)
    {
        var path = Path.GetFullPath(values["path"]);
        return path == "/"
            ? throw ProblemException.Invalid(Problems.RootFolderCannotRepositoryChoose)
            : new ResticTarget { Location = path, Folder = path };
    }
}
