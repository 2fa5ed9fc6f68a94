using TimeLocker.Core.Secrets;

namespace TimeLocker.Core.Repositories;

/// <summary>
/// What opens a repository on any computer with plain restic, without TimeLocker. Holds its secrets: shown, never
/// stored.
/// </summary>
/// <param name="Files">Files that reaching it needs (a private key, a certificate), by name.</param>
/// <param name="Commands">Lines for a shell, as they are; they make the files, too.</param>
public sealed record RecoveryKit(Guid RepositoryId, string RepositoryName, string Address, string Password,
    string ResticId, IReadOnlyDictionary<string, string> Files, IReadOnlyList<string> Commands)
{
    private const string Ending = "END-OF-FILE";

    public static RecoveryKit For(Repository repository, ResticTarget target)
    {
        var options = string.Concat(target.Options.Select(o => $" -o {Quoted(ResticTarget.Record(o))}"));
        string[] commands =
        [
            .. target.MountSource is { } source && target.Folder is { } folder
                ? [$"# {Texts.KitMountFirst(source, folder)}"] : Array.Empty<string>(),
            .. target.Files.Count == 0 ? [] : FilesOf(repository, target),
            .. target.Environment.Select(v => target.Obscured.Contains(v.Key)
                ? $"export {v.Key}=\"$(printf %s {Quoted(v.Value.Reveal())} | rclone obscure -)\""
                : $"export {v.Key}={Quoted(v.Value.Reveal())}"),
            $"export RESTIC_REPOSITORY={Quoted(target.Location)}",
            $"export RESTIC_PASSWORD={Quoted(target.Password.Reveal())}",
            $"restic{options} snapshots",
            $"restic{options} restore SNAPSHOT-ID --target ./restored",
        ];
        return new(repository.Id, repository.Name, target.Location, target.Password.Reveal(), repository.ResticId,
            target.Files.ToDictionary(f => f.Key, f => f.Value.Reveal()), commands);
    }

    /// <summary>
    /// Where restic's address cannot be said now (a plugin is off, a disk is away): the password all the same, and the
    /// place as people entered it.
    /// </summary>
    public static RecoveryKit WithoutAddress(Repository repository, Secret password)
    {
        var place = $"{repository.Backend}: {string.Join(", ", repository.Values.Where(v => v.Value.Length > 0).Select(v => $"{v.Key}={v.Value}"))}";
        string[] commands =
        [
            $"# {Texts.KitNoAddress}",
            "export RESTIC_REPOSITORY=",
            $"export RESTIC_PASSWORD={Quoted(password.Reveal())}",
            "restic snapshots",
            "restic restore SNAPSHOT-ID --target ./restored",
        ];
        return new(repository.Id, repository.Name, place, password.Reveal(), repository.ResticId,
            new Dictionary<string, string>(), commands);
    }

    public string Text => $"""
        {Texts.KitOf(RepositoryName)}

        {Texts.KitAddress,-10} {Address}
        {Texts.KitPassword,-10} {Password}
        {Texts.KitResticId,-10} {ResticId}

        {Texts.KitWhere}

        {string.Join('\n', Commands)}

        {Texts.KitWarning}
        {Texts.KitPlace}

        """;

    private static IEnumerable<string> FilesOf(Repository repository, ResticTarget target)
    {
        yield return "umask 077";
        yield return $"files=\"$HOME/recovery-{repository.ResticId[..Math.Min(8, repository.ResticId.Length)]}\"; mkdir -p \"$files\"";
        foreach (var (name, content) in target.Files)
        {
            yield return $"cat >\"$files\"/{Quoted(name)} <<'{Ending}'";
            foreach (var line in content.Reveal().TrimEnd('\n').Split('\n'))
            {
                yield return line.TrimEnd('\r');
            }

            yield return Ending;
        }
    }

    // The folder of the files is the shell's to fill in; everything else is taken as it is.
    private static string Quoted(string value) =>
        string.Join("\"$files\"",
            value.Split(ResticTarget.FilesFolder)
                .Select(part => $"'{part.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
}
