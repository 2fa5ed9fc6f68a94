using TimeLocker.Core;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.UI;

/// <summary>Runs what a button asks for and hands back what went wrong, for a ProblemBox. Anything but a problem still reaches the error boundary.</summary>
public static class Attempt
{
    public static async Task<Problem?> ProblemOf(Func<Task> work)
    {
        try
        {
            await work();
            return null;
        }
        catch (ProblemException e)
        {
            return e.Problem;
        }
        catch (Exception fault) when (DatabaseDamage.Explain(fault) is { } damage)
        {
            return damage.Problem;
        }
    }
}
