using System.Text.Json.Serialization;
using TimeLocker.Core.Plans;

namespace TimeLocker.Core.Backups;

/// <summary>When a hook is called.</summary>
public enum HookMoment { Before, After, OnSuccess, OnFailure }

/// <summary>
/// What an exit code other than 0 (or the time limit) means. Stop: a Before hook keeps the backup from beginning.
/// Retry: once more, then Stop.
/// </summary>
public enum HookFailure { Ignore, Stop, Retry }

/// <summary>A program of the machine's admin that runs around a backup.</summary>
/// <param name="File">The name of a file in the machine's hook directory; nothing else can be called.</param>
public sealed record Hook(HookMoment When, string File)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int LimitSeconds { get; init; } = 300;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public HookFailure OnFailure { get; init; } = HookFailure.Stop;
}

/// <summary>What a program prints is saved as a file (<c>restic backup --stdin-from-command</c>): a database's dump.</summary>
/// <param name="File">The name of a file in the machine's hook directory.</param>
/// <param name="Path">Absolute path under which the snapshot shows it ("/dumps/shop.sql").</param>
public sealed record CommandSource(string File, string Path);
