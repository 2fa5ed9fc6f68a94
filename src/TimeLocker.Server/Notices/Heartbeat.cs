using System.Collections.Immutable;

namespace TimeLocker.Server.Notices;

/// <summary>
/// Whether the server does what it is for. Rooms that must be alive say so here; a sign of life is sent only while all
/// are.
/// </summary>
public sealed class Heartbeat
{
    private ImmutableList<Func<bool>> signs = [];

    public bool Alive => signs.All(sign => sign());

    public void Add(Func<bool> sign) => ImmutableInterlocked.Update(ref signs, all => all.Add(sign));
}
