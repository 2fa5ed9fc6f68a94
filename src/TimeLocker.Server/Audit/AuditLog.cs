using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Audit;

/// <summary>What the entry of a change says: set by the change itself, since only it knows the object's id.</summary>
public sealed class AuditNote
{
    public string? Object { get; private set; }
    public object? Data { get; private set; }

    /// <summary>See <see cref="ChangedSettings"/>.</summary>
    internal JsonObject? Changed { get; set; }
    internal EditedSetting? Setting { get; private set; }

    /// <summary>Settings of the thing need not be said: what was changed of them is in its entry by itself.</summary>
    /// <param name="data">Ids and counts; never a secret, never a person's name.</param>
    public void About(string noun, object id, object? data = null) => (Object, Data) = ($"{noun}:{id}", data);

    /// <summary>
    /// About a setting that people change: it gets a revision, and nobody overwrites one that they have not seen.
    /// </summary>
    /// <param name="title">As its form is called.</param>
    /// <param name="usual">What holds while it is not set, as it would be stored.</param>
    public void AboutSetting(string name, Text title, string? usual = null)
    {
        About("setting", name);
        Setting = new(name, title, usual);
    }
}

/// <summary>The only way to change the database: the change and its entry in the audit trail are one transaction.</summary>
public sealed class AuditLog(IDbContextFactory<TimeLockerDb> databases, TimeProvider clock)
{
    private static readonly JsonSerializerOptions OneLine =
        new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // SQLite has one writer; waiting here is cheaper and fairer than its busy handler.
    private readonly SemaphoreSlim gate = new(1, 1);

    /// <exception cref="ProblemException">of kind Unavailable: the disk is full or takes no writes; of kind Conflict:
    /// what it is about is not what <see cref="Actor.Seen"/> was. Nothing was changed, not even in part.</exception>
    public Task<T> ChangeAsync<T>(Actor who, string kind, Func<TimeLockerDb, AuditNote, Task<T>> change,
        CancellationToken ct = default) => WriteAsync(async db =>
    {
        var note = new AuditNote();
        var answer = await change(db, note);
        await Revisions.KeepAsync(db, who, note.Object, clock.GetUtcNow(), ct);
        note.Changed = note.Setting is { } setting
            ? await SettingRevisions.KeepAsync(db, who, setting, clock.GetUtcNow(), ct)
            : ChangedSettings.Of(db, note.Object);
        await AppendAsync(db, who, kind, note, ct);
        return answer;
    }, ct);

    public Task ChangeAsync(Actor who, string kind, Func<TimeLockerDb, AuditNote, Task> change, CancellationToken ct = default) =>
        ChangeAsync(who, kind, async (db, note) => { await change(db, note); return true; }, ct);

    /// <summary>
    /// One more entry in a change that is under way, for what follows from it and has to be found by its own name.
    /// </summary>
    /// <param name="db">Of the change.</param>
    public Task AddAsync(TimeLockerDb db, Actor who, string kind, Action<AuditNote> write, CancellationToken ct = default)
    {
        var note = new AuditNote();
        write(note);
        return AppendAsync(db, who, kind, note, ct);
    }

    /// <summary>Housekeeping that changes no promise to anybody (caches, last-seen times): same gate, no entry.</summary>
    public Task TouchAsync(Func<TimeLockerDb, Task> change, CancellationToken ct = default) =>
        WriteAsync(async db => { await change(db); return true; }, ct);

    private async Task<T> WriteAsync<T>(Func<TimeLockerDb, Task<T>> change, CancellationToken ct)
    {
        var file = "";
        await gate.WaitAsync(ct);
        try
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            file = db.Database.GetDbConnection().DataSource;
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            var answer = await change(db);
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            return answer;
        }
        catch (Exception fault) when (WriteFailure.Explain(fault, file) is { } trouble)
        {
            throw trouble;
        }
        finally
        {
            gate.Release();
        }
    }

    // Read inside the transaction (BEGIN IMMEDIATE): the command line may append beside a running server.
    private async Task AppendAsync(TimeLockerDb db, Actor who, string kind, AuditNote note, CancellationToken ct)
    {
        // the change may have an entry already
        var edge = db.AuditEdges.Local.SingleOrDefault() ?? await db.AuditEdges.SingleOrDefaultAsync(ct);
        if (edge is not null && UnreadableColumns.In(edge))
        {
            throw DatabaseDamage.Of(Texts.WhatAuditTrailEnds);
        }

        var seq = (edge?.Size ?? 0) + 1;
        var body = JsonSerializer.Serialize(new
        {
            v = 1,
            origin = await OriginAsync(db, ct),
            seq,
            prev = edge?.LastLeaf ?? AuditChain.Genesis,
            at = clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
                System.Globalization.CultureInfo.InvariantCulture),
            actor = who.Id,
            via = who.Via.ToString().ToLowerInvariant(),
            kind,
            obj = note.Object,
            data = note.Changed is null ? note.Data : Joined(note),
        }, OneLine);
        var leaf = AuditChain.Leaf(body);
        var frontier = new AuditFrontier(seq - 1, edge?.Nodes ?? []).Append(leaf);
        db.AuditEntries.Add(new AuditEntry { Seq = seq, Body = body, Leaf = leaf });
        if (edge is null)
        {
            db.AuditEdges.Add(new AuditEdge { Size = frontier.Size, Nodes = [.. frontier.Nodes], LastLeaf = leaf });
        }
        else
        {
            (edge.Size, edge.Nodes, edge.LastLeaf) = (frontier.Size, [.. frontier.Nodes], leaf);
            if (db.Entry(edge).State != EntityState.Added)
            {
                db.AuditEdges.Update(edge); // also where a change has switched detection off
            }
        }
    }

    private static JsonObject Joined(AuditNote note)
    {
        var data = note.Data is null ? [] : JsonSerializer.SerializeToNode(note.Data, OneLine)!.AsObject();
        data["changed"] = note.Changed;
        return data;
    }

    private string? origin;

    private async Task<string> OriginAsync(TimeLockerDb db, CancellationToken ct) =>
        origin ??= await db.Settings.Where(s => s.Name == Installation.IdSetting).Select(s => s.Value).SingleAsync(ct) + "/e1";
}
