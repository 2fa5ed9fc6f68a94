using System.Text.RegularExpressions;
using Mono.Cecil;

namespace TimeLocker.Tests.Architecture;

/// <summary>
/// Which room of the server adds, removes and rewrites the rows of a table. Seen are calls, not a changed property of a
/// row that was read.
/// </summary>
internal static class TableOwners
{
    private static readonly Dictionary<string, string> Owners = new()
    {
        ["Setting"] = "Data",
        ["SealedSecret"] = "Secrets",
        ["User"] = "Identity",
        ["IdentityUserToken`1"] = "Identity",
        ["ApiToken"] = "Identity",
        ["Machine"] = "Agents",
        ["Repository"] = "Repositories",
        ["RepositoryReach"] = "Repositories",
        ["RepositoryDay"] = "Repositories",
        ["BackupPlan"] = "Plans",
        ["PlanDay"] = "Plans",
        ["Run"] = "Runs",
        ["RunIssueRow"] = "Runs",
        ["NamedPolicy"] = "Retention",
        ["Pin"] = "Retention",
        ["PendingRemoval"] = "Retention",
        ["Snapshot"] = "Snapshots",
        ["Anomaly"] = "Anomalies",
        ["Notice"] = "Notices",
        ["Channel"] = "Notices",
        ["NoticeRule"] = "Notices",
        ["OutboxItem"] = "Notices",
        ["RevisionRow"] = "Audit",
        ["AuditEntry"] = "Audit",
        ["AuditEdge"] = "Audit",
    };

    private static readonly (string Table, string Writer, string Why)[] Exceptions =
    [
        ("Snapshot", "Retention.RetentionBook", "the end of a forget or a retag, in one transaction with its marks"),
        ("Snapshot", "Repositories.RepositoryCatalog", "all of a removed repository goes in one transaction"),
        ("BackupPlan", "Repositories.RepositoryCatalog", "all of a removed repository goes in one transaction"),
        ("RepositoryDay", "Runs.MaintenanceBook", "the end of a run, in one transaction with the run"),
    ];

    // An example's whole data, written once into an empty database; its lists have no type.
    private const string Example = "Demo.DemoData";

    public static IEnumerable<string> Faults(Rooms rooms)
    {
        var writes = rooms.Types.SelectMany(Writes).Where(w => w.Writer != Example).Distinct().ToList();
        foreach (var (table, writer) in writes)
        {
            var owner = Owners.GetValueOrDefault(table);
            if (writer.Split('.')[0] != owner && !Exceptions.Any(e => e.Table == table && e.Writer == writer))
            {
                yield return $"{writer} writes {table}: {(owner is null ? "name its room" : $"ask its room, {owner}")}";
            }
        }
    }

    /// <summary>What the lists name and nobody does any more.</summary>
    public static IEnumerable<string> Idle(Rooms rooms)
    {
        var writes = rooms.Types.SelectMany(Writes).ToHashSet();
        return Exceptions.Where(e => !writes.Contains((e.Table, e.Writer)))
            .Select(e => $"{e.Writer} writes {e.Table} no more: strike it out")
            .Concat(Owners.Keys.Where(t => !writes.Any(w => w.Table == t)).Select(t => $"nobody writes {t}: strike it out"));
    }

    private static IEnumerable<(string Table, string Writer)> Writes(TypeDefinition type) =>
        from method in type.Methods
        where method.HasBody
        from instruction in method.Body.Instructions
        where instruction.Operand is MethodReference
        let table = Written((MethodReference)instruction.Operand)
        where table is not null
        select (table, Regex.Replace(type.FullName, @"^TimeLocker\.(Server\.)?|[/`].*$", ""));

    private static string? Written(MethodReference called) => (called.DeclaringType.GetElementType().FullName, called) switch
    {
        ("Microsoft.EntityFrameworkCore.DbSet`1",
            _) when Changes(called) => ((GenericInstanceType)called.DeclaringType).GenericArguments[0].Name,
        ("Microsoft.EntityFrameworkCore.DbContext", GenericInstanceMethod one) when Changes(called) => one.GenericArguments[0].Name,
        ("Microsoft.EntityFrameworkCore.DbContext", _) when Changes(called) => "rows of no type",
        ("Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions", GenericInstanceMethod many)
            when Regex.IsMatch(called.Name, "^Execute(Update|Delete)") => many.GenericArguments[0].Name,
        _ => null,
    };

    private static bool Changes(MethodReference called) => Regex.IsMatch(called.Name, "^(Add|Remove|Update|Attach)");
}
