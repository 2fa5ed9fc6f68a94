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
        await notices.TellAsync([.. Found(database.Damage?.Why.Full ?? What(await database.RowsAsync(ct)))], ct);

    /// <summary>A sentence about what is damaged, as far as it was met; null: nothing.</summary>
    internal static string? Known(DatabaseWatch database) => database.Damage?.Why.Full ?? What(database.Met);

    private static string? What(IReadOnlyList<string> rows) =>
        rows.Count > 0 ? $"A part of {rows[0]} cannot be read{(rows.Count == 1 ? "" : $", nor of {rows.Count - 1} more")}."
            : null;

    private IEnumerable<Notice> Found(string? what)
    {
        if (what is not null)
        {
            var today = clock.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            yield return notices.Of(NoticeEvent.Damaged, NoticeLevel.Error, $"database:{today}", Title,
                $"{what} {GoesOn} Stop TimeLocker and put timelocker.db in its state directory back from a copy.", "/");
        }
    }
}
