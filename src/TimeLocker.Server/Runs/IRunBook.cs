using TimeLocker.Core.Runs;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Runs;

/// <summary>
/// Writes down what the end of a run means to a room, in the transaction that writes the end. In the order in which
/// they are registered.
/// </summary>
public interface IRunBook
{
    /// <param name="db">The run, its plan's counters and its snapshot are changed in it already, not yet saved.</param>
    Task RecordAsync(TimeLockerDb db, Run run);
}
