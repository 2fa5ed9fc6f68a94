using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>A test that needs a second user of the machine, which only root can be.</summary>
public sealed class SecondUserFactAttribute : FactAttribute
{
    public SecondUserFactAttribute() => Skip = SecondUser.WhyNot!;
}
