using TimeLocker.Core;

namespace TimeLocker.Server.Api;

/// <summary>One thing that programs can ask for. REST, JSON-RPC, OpenAPI and <c>timelocker call</c> all read this line.</summary>
/// <param name="Name"><c>noun.verb</c>, unique: the JSON-RPC method.</param>
/// <param name="Route">Below /api/v1.</param>
/// <param name="Role">The least role; the desk checks it again.</param>
/// <param name="Handler">Desks and <see cref="Actor"/> come from the container, the rest from the request.</param>
public sealed record Operation(string Name, HttpMethod Method, string Route, Role Role, string Summary, Delegate Handler)
{
    /// <summary>The status of a good answer.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Answers with a stream (a file, events) of one of these types: over REST only.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];
    public bool Streams => Types.Count > 0;

    /// <summary>What stands before the dot.</summary>
    public string Group => Name[..Name.IndexOf('.', StringComparison.Ordinal)];
}

/// <summary>The list of all operations, in the order in which the rooms add theirs.</summary>
public sealed class OperationMap
{
    private readonly List<Operation> all = [];

    public IReadOnlyList<Operation> All => all;

    public Operation? Find(string name) => all.FirstOrDefault(o => o.Name == name);

    public void Get(string name, string route, Role role, string summary, Delegate handler) =>
        Add(new(name, HttpMethod.Get, route, role, summary, handler));

    public void Post(string name, string route, Role role, string summary, Delegate handler, int status = 200) =>
        Add(new(name, HttpMethod.Post, route, role, summary, handler) { Status = Answers(handler) ? status : 204 });

    public void Put(string name, string route, Role role, string summary, Delegate handler) =>
        Add(new(name, HttpMethod.Put, route, role, summary, handler) { Status = Answers(handler) ? 200 : 204 });

    public void Delete(string name, string route, Role role, string summary, Delegate handler) =>
        Add(new(name, HttpMethod.Delete, route, role, summary, handler) { Status = Answers(handler) ? 200 : 204 });

    public void Stream(string name, string route, Role role, string summary, Delegate handler, params string[] types) =>
        Add(new(name, HttpMethod.Get, route, role, summary, handler) { Types = types });

    private static bool Answers(Delegate handler) =>
        handler.Method.ReturnType != typeof(Task) && handler.Method.ReturnType != typeof(void);

    private void Add(Operation operation) =>
        all.Add(Find(operation.Name) is null ? operation
            : throw new InvalidOperationException($"two operations are called {operation.Name}"));
}
