namespace TimeLocker.Core.Repositories;

/// <summary>What opens a repository on any computer with plain restic, without TimeLocker. Holds the password: shown, never stored.</summary>
public sealed record RecoverySheet(string RepositoryName, string Address, string Password, string ResticId, IReadOnlyList<string> Commands, string Text)
{
    public static RecoverySheet For(Repository repository, ResticTarget target)
    {
        string[] commands =
        [
            .. target.Environment.Select(v => $"export {v.Key}={Quoted(v.Value.Reveal())}"),
            $"export RESTIC_REPOSITORY={Quoted(target.Location)}",
            $"export RESTIC_PASSWORD={Quoted(target.Password.Reveal())}",
            "restic snapshots",
            "restic restore SNAPSHOT-ID --target ./restored",
        ];
        var text = $"""
            TimeLocker recovery sheet: {repository.Name}

            Address    {target.Location}
            Password   {target.Password.Reveal()}
            restic id  {repository.ResticId}

            On a computer with restic (https://restic.net), in a terminal:

                {string.Join("\n    ", commands)}

            Whoever has this sheet and reaches the repository can read all backups in it.
            Keep it where the computer is not.

            """;
        return new(repository.Name, target.Location, target.Password.Reveal(), repository.ResticId, commands, text);
    }

    private static string Quoted(string value) => $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
