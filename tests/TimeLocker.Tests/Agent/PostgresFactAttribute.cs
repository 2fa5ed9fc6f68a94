using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>A test that needs PostgreSQL's server. Where it is not installed it is left out, and its result says why.</summary>
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() =>
        Skip = PostgresServer.Programs is null ? "PostgreSQL's server is not installed (Debian: postgresql)." : null;
}
