using System.Reflection;
using System.Text.RegularExpressions;

namespace TimeLocker.Server.Api;

/// <summary>What the API's document says about groups, parameters and fields.</summary>
internal static partial class ApiText
{
    /// <summary>A group of operations: what stands before the dot.</summary>
    public static IReadOnlyDictionary<string, string> Groups { get; } = new Dictionary<string, string>
    {
        ["address"] = "The address under which browsers reach this server.",
        ["anomalies"] = "Backups that were unusual, and what people said about them.",
        ["background"] = "What the server does by itself.",
        ["backends"] = "The kinds of places where a repository can be.",
        ["channels"] = "Ways to tell people: mail, chat, webhooks.",
        ["cleanup"] = "Caches, logs and temporary files that nobody needs.",
        ["clock"] = "Whether this machine's clock is right.",
        ["digest"] = "The regular summary of all backups.",
        ["files"] = "Files and folders in snapshots.",
        ["keys"] = "The keys that open a repository.",
        ["machines"] = "The computers that are saved.",
        ["notices"] = "The notices that TimeLocker has given.",
        ["pins"] = "Snapshots that no rule removes.",
        ["plans"] = "What is saved, from where, to where and when.",
        ["plugins"] = "What others wrote and this server runs, once an Admin has allowed it.",
        ["policies"] = "Named rules for what is kept.",
        ["queue"] = "Runs that wait for their turn, and the pause of all.",
        ["repositories"] = "Places that hold snapshots, and their maintenance.",
        ["restores"] = "Bringing files back.",
        ["retention"] = "What of a plan or copy is kept, and what goes.",
        ["rules"] = "Who is notified about what.",
        ["runs"] = "Backups, restores, checks and everything else that takes a while.",
        ["secrets"] = "The key to all stored secrets.",
        ["snapshots"] = "What was saved, and when.",
        ["status"] = "Whether all is safe.",
        ["timers"] = "Plans that the system's own scheduler starts.",
        ["tokens"] = "Tokens for programs.",
        ["triggers"] = "Events that start a plan.",
        ["users"] = "People who may sign in.",
    };

    // {0} is the thing in the address before the id.
    private static readonly Dictionary<string, string> Parameters = new()
    {
        ["after"] = "Where the part before ended: its `next`. Left out: from the beginning.",
        ["at"] = "The moment.",
        ["count"] = "How many at most.",
        ["copy"] = "The id of the repository with the copies that is meant. Left out: the plan's own.",
        ["day"] = "The day to begin with. Left out: today.",
        ["days"] = "How many days back.",
        ["download"] = "Whether a browser saves it as a file.",
        ["event"] = "Only of this event, by its word.",
        ["format"] = "The format of the answer; which there are, and which is usual, the operation says.",
        ["host"] = "Only of the machine with this host name.",
        ["id"] = "The id of the {0}.",
        ["key"] = "The id of the key.",
        ["kind"] = "Only of this kind, by its word.",
        ["level"] = "Only of this level, by its word.",
        ["limit"] = "How many at most in one part.",
        ["name"] = "The word by which it is known.",
        ["open"] = "Only those that nobody has answered (true), or only the others (false).",
        ["outcome"] = "Only with this outcome, by its word.",
        ["path"] = "A path, from the root; repeat it where the operation takes several.",
        ["plan"] = "Only of the plan with this id.",
        ["repository"] = "Only of the repository with this id.",
        ["revision"] = "The revision that was read; the change is refused if there is a newer one.",
        ["run"] = "Only of the run with this id.",
        ["since"] = "Not before this moment.",
        ["snapshot"] = "The id of the snapshot.",
        ["state"] = "Only in this state, by its word.",
        ["tag"] = "Only with this tag.",
        ["until"] = "Not after this moment.",
        ["why"] = "What happened, for the run's history.",
    };

    public static string? Parameter(string name, string route) =>
        Parameters.TryGetValue(name, out var words) ? string.Format(null, words, Thing(route)) : null;

    /// <summary>The comment in the source; else the name, which says it all.</summary>
    public static string Field(PropertyInfo property) => SourceText.Of(property) ?? $"{Sentence(property.Name)}.";

    /// <summary>The comment in the source; else the name.</summary>
    public static string Schema(Type type) => SourceText.Of(type) ?? $"{Sentence(type.Name.Split('`')[0])}.";

    private static string Sentence(string name) =>
        Capital().Replace(name, m => m.Index == 0 ? m.Value : $" {char.ToLowerInvariant(m.Value[0])}");

    // “/policies/{id}” is about a policy.
    private static string Thing(string route)
    {
        var parts = route.Split('/');
        var many = parts[Math.Max(1, Array.IndexOf(parts, "{id}") - 1)];
        return many.EndsWith("ies", StringComparison.Ordinal) ? many[..^3] + "y" : many.TrimEnd('s');
    }

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();
}
