using Xunit;

namespace TimeLocker.Tests.Server.Data;

/// <summary>What only root can bring about.</summary>
public sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute() =>
        Skip = Environment.IsPrivilegedProcess ? null : "It gives files to another user, which takes root.";
}
