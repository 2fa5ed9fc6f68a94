using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Core.Runs;

/// <summary>
/// Ids of runs that more than one may start: they follow from what the run is for, so it can never be started twice.
/// RFC 9562, version 8: the SHA-256 of a name. What is stored depends on these names: they stay as they are.
/// </summary>
public static class RunId
{
    private static readonly Guid Space = new("5b7f3c52-6d0e-4f5a-9a39-0d2c4c1f7e86");

    /// <summary>What answers this moment of a plan's schedule.</summary>
    public static Guid OfSlot(Guid plan, DateTimeOffset slot) => Of($"plan {plan} {At(slot)}");

    /// <summary>
    /// What answers this moment of a repository's maintenance. Two of one kind may have the same moment, each with
    /// limits of its own.
    /// </summary>
    public static Guid OfSlot(MaintenanceSchedule schedule, Guid repository, DateTimeOffset slot) =>
        Of(string.Create(CultureInfo.InvariantCulture,
            $"repository {repository} {schedule.Kind} {schedule.Depth} {schedule.MaxUnused} {schedule.MaxRepackMiB} {At(slot)}"));

    /// <summary>The next try of a run.</summary>
    public static Guid OfTryAfter(Guid run) => Of($"after {run}");

    private static string At(DateTimeOffset slot) => slot.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static Guid Of(string name)
    {
        var id = SHA256.HashData([.. Space.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(name)]).AsSpan(0, 16);
        id[6] = (byte)(0x80 | (id[6] & 0x0F)); // version
        id[8] = (byte)(0x80 | (id[8] & 0x3F)); // variant
        return new Guid(id, bigEndian: true);
    }
}
