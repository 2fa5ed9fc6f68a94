using TimeLocker.Core;
using TimeLocker.Server.Background;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Monitoring;

/// <summary>Reads the whole database once: what is too large for that before the start is read beside the running server.</summary>
public sealed class DatabaseReading(DatabaseWatch database) : IBackgroundWork
{
    public string Name => "database";

    public Text Does => Texts.DatabaseReadingDoes;

    public async Task<DateTimeOffset?> RunAsync(bool asked, CancellationToken ct)
    {
        await (asked || database.IsUnread ? database.LookAsync(ct) : Task.CompletedTask);
        return null;
    }
}
