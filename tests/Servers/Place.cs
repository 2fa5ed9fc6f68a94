namespace TimeLocker.Tests.Servers;

/// <summary>A place for one repository: what TimeLocker is told, and how plain restic gets there.</summary>
/// <param name="Plain">A folder, where the server keeps the repository in one: so the server has no part in the proof.</param>
public sealed record Place(string Backend, Dictionary<string, string> Values, string Plain)
{
    /// <summary>The way over the server, for plain restic.</summary>
    public string Address { get; init; } = Plain;

    public IReadOnlyDictionary<string, string> PlainEnvironment { get; init; } = new Dictionary<string, string>();

    /// <summary>The same place, with another value.</summary>
    public Place With(string field, string value) => this with { Values = new(Values) { [field] = value } };
}
