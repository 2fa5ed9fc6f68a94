using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Tests.Server.Data;

/// <summary>What holds for a state database whatever has happened: it is whole, and so is its audit trail.</summary>
internal static class Sound
{
    public static async Task ShouldBeSoundAsync(this TimeLockerDb db)
    {
        (await db.Database.SqlQueryRaw<string>("SELECT integrity_check AS Value FROM pragma_integrity_check")
            .ToListAsync()).ShouldBe(["ok"]);
        (await db.Database.SqlQueryRaw<string>("SELECT \"table\" AS Value FROM pragma_foreign_key_check")
            .ToListAsync()).ShouldBeEmpty();
        var (frontier, previous) = (AuditFrontier.Empty, AuditChain.Genesis);
        foreach (var entry in await db.AuditEntries.AsNoTracking().OrderBy(e => e.Seq).ToListAsync())
        {
            var body = JsonNode.Parse(entry.Body)!;
            (entry.Seq, (long)body["seq"]!, (string)body["prev"]!,
                entry.Leaf).ShouldBe((frontier.Size + 1, frontier.Size + 1, previous, AuditChain.Leaf(entry.Body)));
            (frontier, previous) = (frontier.Append(entry.Leaf), entry.Leaf);
        }

        var edge = await db.AuditEdges.AsNoTracking().SingleAsync();
        (edge.Size, edge.LastLeaf).ShouldBe((frontier.Size, previous));
        edge.Nodes.ShouldBe(frontier.Nodes);
    }
}
