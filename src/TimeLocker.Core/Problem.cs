using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using TimeLocker.Core.Revisions;

namespace TimeLocker.Core;

/// <summary>Sorts problems for the faces (HTTP status, exit code); people read the sentences.</summary>
public enum ProblemKind
{
    Invalid, Unauthorized, Forbidden, NotFound, Conflict, Unseen, TooMany,

    /// <summary>
    /// The other side said no: a repository, restic, a service, a program of this machine. The same again changes
    /// nothing.
    /// </summary>
    Upstream,

    /// <summary>Something is not there now, and may be later.</summary>
    Unavailable,

    /// <summary>A fault of TimeLocker itself or of its state.</summary>
    Failed,
}

/// <summary>
/// What failed, why, and the one next step: the only shape in which an error reaches a person. It is known by the key
/// of its first text, see <see cref="Is"/>. Whoever may not see names of files gets it <see cref="WithoutNames"/>.
/// </summary>
public sealed record Problem : IJsonOnDeserialized
{
    [SetsRequiredMembers]
    public Problem(Text what, Text why, Text next) => (What, Why, Next) = (what, why, next);

    [JsonConstructor]
    public Problem()
    {
    }

    public required Text What { get; set; }
    public required Text Why { get; set; }
    public required Text Next { get; set; }

    /// <summary>
    /// Its name for programs, whatever language its words are in: <c>Server.Repositories.InUse</c>. Null: the words are
    /// those of another program or version.
    /// </summary>
    [JsonIgnore]
    public string? Code => What.Key.Length == 0 ? null : What.Key.Replace(".Texts.", ".", StringComparison.Ordinal);

    /// <summary>Where <see cref="Next"/> is done, if it has a place of its own: a page makes it a button.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public NextStep Step { get; init; }

    /// <summary>Somebody else was quicker: what they changed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Meanwhile? Meanwhile { get; init; }

    /// <summary>
    /// Read only: before texts had keys a problem held plain sentences, and said here whether it is known which parts
    /// of them are names of files.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Marked { get; set; }

    /// <summary>Read only: those sentences without names; null if they have none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Problem? Unnamed { get; set; }

    /// <summary>It is the same problem, whatever it is about.</summary>
    public bool Is(Text what) => What.Is(what);

    /// <summary>As it may be shown to anybody, outside of this server, too.</summary>
    public Problem WithoutNames() => this with { What = What.WithoutNames(), Why = Why.WithoutNames(), Next = Next.WithoutNames() };

    public Problem For(Actor? who) => who?.Is(Role.Operator) == true ? this : WithoutNames();

    /// <summary>The same, with some of its texts changed.</summary>
    public Problem With(Text? what = null, Text? why = null, Text? next = null) =>
        this with { What = what ?? What, Why = why ?? Why, Next = next ?? Next, Meanwhile = null };

    /// <summary>The same, each argument changed in the same way: secrets are taken out.</summary>
    public Problem Map(Func<string, string> change) =>
        this with { What = What.Map(change), Why = Why.Map(change), Next = Next.Map(change) };

    /// <summary>All of it in a row.</summary>
    public Text ToText() => Text.Of(What, Why, Next);

    /// <summary>All of it in a row, with names of files.</summary>
    public override string ToString() => $"{What.Full} {Why.Full} {Next.Full}";

    void IJsonOnDeserialized.OnDeserialized()
    {
        if (Marked)
        {
            (What, Why, Next) = (Old(What, Unnamed?.What), Old(Why, Unnamed?.Why), Old(Next, Unnamed?.Next));
        }
        else if (What.Bare && !What.Full.Contains('/', StringComparison.Ordinal))
        {
            What = Text.Verbatim(What.Full);
        }

        (Marked, Unnamed) = (false, null);
    }

    private static Text Old(Text said, Text? unnamed) => Text.Verbatim(TextArgument.Of(said.Full, unnamed?.Full ?? said.Full));
}

/// <summary>The page that the next step is on.</summary>
public enum NextStep { None, EditPlan, Unlock, FreeSpace, EnterPassword, TestConnection, ConfirmClock, Repair }

public sealed class ProblemException(ProblemKind kind, Problem problem, Exception? inner = null)
    : Exception($"{problem.What.Full} {problem.Why.Full}", inner)
{
    public ProblemException(ProblemKind kind, Text what, Text why, Text next) : this(kind, new Problem(what, why, next)) { }

    public ProblemKind Kind { get; } = kind;
    public Problem Problem { get; } = problem;

    public static ProblemException NotFound(Text thing, Text next) =>
        new(ProblemKind.NotFound, Texts.NoSuchThing(thing), Texts.NoSuchThingWhy, next);

    public static ProblemException Invalid(Text what, Text why, Text next) => new(ProblemKind.Invalid, what, why, next);

    public static ProblemException Invalid(Problem problem) => new(ProblemKind.Invalid, problem);
}
