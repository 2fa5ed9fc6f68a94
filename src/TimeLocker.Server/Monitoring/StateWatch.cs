using System.Globalization;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Monitoring;

/// <summary>Tells that TimeLocker's own database is damaged, once a day while somebody meets it.</summary>
public sealed class StateWatch(DatabaseWatch database, NewNotices notices, TimeProvider clock)
{
    internal static readonly Text Title = Texts.TimelockersOwnDatabaseDamaged;
    internal static readonly Text GoesOn = Texts.WhatCanReadShown;

    public async Task LookAsync(CancellationToken ct) =>
        await notices.TellAsync([.. Found(database.Damage?.Why ?? What(await database.RowsAsync(ct)))], ct);

    /// <summary>A sentence about what is damaged, as far as it was met; null: nothing.</summary>
    internal static Text? Known(DatabaseWatch database) => database.Damage?.Why ?? What(database.Met);

    private static Text? What(IReadOnlyList<string> rows) =>
        rows.Count > 0 ? Texts.PartCannotBeRead(rows[0], rows.Count - 1) : null;

    private IEnumerable<Notice> Found(Text? what)
    {
        if (what is not null)
        {
            var today = clock.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            yield return notices.Of(NoticeEvent.Damaged, NoticeLevel.Error, $"database:{today}", Title,
                Texts.PutDatabaseBack(what, GoesOn), "/");
        }
    }
}
