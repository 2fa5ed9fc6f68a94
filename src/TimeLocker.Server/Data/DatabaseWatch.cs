using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;

namespace TimeLocker.Server.Data;

/// <summary>
/// Says in the log which rows cannot be read, and looks at a database that is too large to be looked at before the first page is shown. Whoever meets
/// the damage is told of it, too.
/// </summary>
public sealed class DatabaseWatch : BackgroundService
{
    private readonly ConcurrentDictionary<string, bool> said = [];
    private readonly ServerOptions options;
    private readonly IHostApplicationLifetime life;
    private readonly ILogger<DatabaseWatch> log;

    /// <summary>It listens from now on: settings are read before the server starts.</summary>
    public DatabaseWatch(ServerOptions options, IHostApplicationLifetime life, ILogger<DatabaseWatch> log)
    {
        (this.options, this.life, this.log) = (options, life, log);
        UnreadableColumns.Found += Say;
    }

    /// <summary>What could not be read since the start: rows by their type and key, and what the look at a large database found.</summary>
    public IReadOnlyList<string> Rows => [.. said.Keys.Order(StringComparer.Ordinal)];
    public Problem? Damage { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Until(life.ApplicationStarted, stoppingToken);
        if (!stoppingToken.IsCancellationRequested && new FileInfo(options.DatabaseFile).Length > DatabaseDamage.AtStart)
        {
            await Task.Run(() => LookAsync(stoppingToken), CancellationToken.None);
        }
    }

    public override void Dispose()
    {
        UnreadableColumns.Found -= Say;
        base.Dispose();
    }

    private void Say(string row)
    {
        if (said.TryAdd(row, true))
        {
            log.LogError("{File} is damaged: a part of the row {Row} cannot be read; what can be read is shown. Stop TimeLocker and put the file back from a copy.",
                options.DatabaseFile, row);
        }
    }

    private async Task LookAsync(CancellationToken ct)
    {
        try
        {
            if (await DatabaseDamage.LookAsync(options.DatabaseFile, ct) is { } damage)
            {
                Damage = damage;
                log.LogCritical("{What} {Why} {Next}", damage.What, damage.Why, damage.Next);
            }
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            Damage = DatabaseDamage.Explain(fault, options.DatabaseFile)?.Problem;
            log.LogCritical("{Damage}", Damage?.Why ?? $"{options.DatabaseFile} could not be looked at: {fault.Message}");
        }
        catch (OperationCanceledException)
        {
            // The server stops; the next one looks.
        }
    }

    private static async Task Until(CancellationToken moment, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(moment, ct);
        await Task.Delay(Timeout.Infinite, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
