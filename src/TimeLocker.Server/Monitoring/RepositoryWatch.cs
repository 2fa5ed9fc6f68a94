using System.Globalization;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Repositories;
using TimeLocker.Server.Kit;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Monitoring;

/// <summary>
/// What is known of the repositories and no run says: out of reach, nearly full, not checked, a copy that is behind.
/// Asks nobody; the facts are in the database.
/// </summary>
public sealed class RepositoryWatch(RepositoryCatalog repositories, NewNotices notices, TimeProvider clock)
{
    /// <summary>A copy may be behind for so long.</summary>
    public static readonly TimeSpan CopiedWithin = TimeSpan.FromDays(7);

    private static readonly TimeSpan Reminded = TimeSpan.FromDays(30);

    /// <summary>Less than a tenth of what could be used is left.</summary>
    public static bool IsLowOnSpace(Repository place) =>
        place is { StoredBytes: { } stored, FreeBytes: { } free } && stored + free > 0 && free < (stored + free) / 10;

    public async Task LookAsync(CancellationToken ct)
    {
        var places = await repositories.ListAsync(ct);
        await notices.TellAsync([.. places.SelectMany(p => About(p, places))], ct);
    }

    private IEnumerable<Notice> About(Repository place, IReadOnlyList<Repository> places)
    {
        var now = clock.GetUtcNow();
        if (place.Trouble is { } trouble)
        {
            // Once for each time that it is lost: the moment of the last reading changes when it is back.
            yield return notices.Of(NoticeEvent.Unreachable, NoticeLevel.Error,
                $"unreachable:{place.Id}:{Mark(place.RefreshedAt)}", Texts.CannotBeReached(place.Name),
                trouble.ToText(), $"/repositories/{place.Id}", repository: place.Id);
        }

        if (MaintenanceAge.CheckDueBy(place) is { } due && now - due - MaintenanceAge.Patience is { Ticks: >= 0 } late)
        {
            yield return notices.Of(NoticeEvent.CheckOverdue, NoticeLevel.Warning,
                $"check:{place.Id}:{Mark(due)}:{(int)(late / Reminded)}",
                Texts.CheckOverdue(place.Name),
                Texts.CheckItNow(MaintenanceText.WhyCheck(place, now), MaintenanceText.WhatFor),
                $"/repositories/{place.Id}/maintenance",
                repository: place.Id);
        }

        if (IsLowOnSpace(place))
        {
            yield return notices.Of(NoticeEvent.LowSpace, NoticeLevel.Warning,
                $"space:{place.Id}:{ISOWeek.GetYear(now.Date)}-W{ISOWeek.GetWeekOfYear(now.Date):00}",
                Texts.NearlyFull(place.Name),
                Texts.MakeRoomThere(Sizes.Bytes(place.FreeBytes!.Value), Sizes.Bytes(place.StoredBytes!.Value)),
                $"/repositories/{place.Id}", repository: place.Id);
        }

        if (places.FirstOrDefault(p => p.Id == place.CopyOfId) is { } source && place.IsBehind(source)
            && now - (place.CopiedAt ?? place.CreatedAt) > CopiedWithin)
        {
            yield return notices.Of(NoticeEvent.CopyBehind, NoticeLevel.Warning,
                $"copy:{place.Id}:{Mark(place.CopiedAt)}", Texts.CopyBehind(place.Name),
                Texts.SnapshotsNotInCopy(source.Name), $"/repositories/{place.Id}", repository: place.Id);
        }
    }

    private static string Mark(DateTimeOffset? at) =>
        at is { } moment ? moment.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) : "never";
}
