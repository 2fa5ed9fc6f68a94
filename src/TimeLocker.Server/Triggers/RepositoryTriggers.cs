using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Triggers;
using TimeLocker.Server.Data;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Triggers;

/// <summary>
/// A number of the plan's repository, looked at when a run on it has ended; once while it is above, again after each
/// run that leaves it there.
/// </summary>
internal static class RepositoryNumber
{
    public static async IAsyncEnumerable<Firing> WatchAsync(IDbContextFactory<TimeLockerDb> databases, RunFeed feed,
        TimeProvider clock, FieldValues values, Func<Repository, Text?> above,
        [EnumeratorCancellation] CancellationToken ct)
    {
        var id = Guid.Parse(values[TriggerContext.Repository]);
        using var watch = feed.Watch(); // before the first look, so that nothing lies between
        if (await LookAsync(databases, id, above, ct) is { } already)
        {
            yield return new(clock.GetUtcNow(), already) { Later = true };
        }

        await foreach (var run in watch.ReadAsync(ct))
        {
            if (run.HasEnded && run.RepositoryId == id && await LookAsync(databases, id, above, ct) is { } why)
            {
                yield return new(clock.GetUtcNow(), why) { Later = true };
            }
        }
    }

    private static async Task<Text?> LookAsync(IDbContextFactory<TimeLockerDb> databases, Guid id,
        Func<Repository, Text?> above, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Repositories.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, ct) is { } place ? above(place) : null;
    }
}

/// <summary>The repository has grown beyond a limit.</summary>
public sealed class SizeTrigger(IDbContextFactory<TimeLockerDb> databases, RunFeed feed, TimeProvider clock) : IEventTrigger
{
    public const string Name = "repository-size";

    public string Kind => Name;
    public Text Title => Texts.SizeTitle;
    public Text Help => Texts.SizeHelp;
    public IReadOnlyList<Field> Fields { get; } = [new("above", Texts.Above)
    {
        Required = true,
        Example = "500 GiB",
        Pattern = "[1-9][0-9]{0,6} ?(GiB|MiB)",
    }];

    public IAsyncEnumerable<Firing> WatchAsync(FieldValues values, CancellationToken ct)
    {
        var given = values["above"];
        var limit = long.Parse(given.AsSpan(0, given.TakeWhile(char.IsAsciiDigit).Count()),
            CultureInfo.InvariantCulture) << (given.EndsWith("MiB", StringComparison.Ordinal) ? 20 : 30);
        return RepositoryNumber.WatchAsync(databases, feed, clock, values,
            place => place.StoredBytes > limit ? Texts.MoreThanStoredIn(given, place.Name) : null, ct);
    }
}

/// <summary>The repository holds more snapshots than wanted.</summary>
public sealed class CountTrigger(IDbContextFactory<TimeLockerDb> databases, RunFeed feed, TimeProvider clock) : IEventTrigger
{
    public const string Name = "snapshot-count";

    public string Kind => Name;
    public Text Title => Texts.CountTitle;
    public Text Help => Texts.CountHelp;
    public IReadOnlyList<Field> Fields { get; } = [new("above", Texts.Above, FieldType.Number)
    {
        Required = true,
        Example = "500",
        Pattern = "[1-9][0-9]{0,6}",
    }];

    public IAsyncEnumerable<Firing> WatchAsync(FieldValues values, CancellationToken ct)
    {
        var limit = int.Parse(values["above"], CultureInfo.InvariantCulture);
        return RepositoryNumber.WatchAsync(databases, feed, clock, values,
            place => place.SnapshotCount > limit ? Texts.HoldsSnapshots(place.Name, place.SnapshotCount) : null, ct);
    }
}
