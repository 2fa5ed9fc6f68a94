using System.Text.Json.Serialization;

namespace TimeLocker.Core;

/// <summary>Sorts problems for the faces (HTTP status, exit code); people read the sentences.</summary>
public enum ProblemKind { Invalid, Unauthorized, Forbidden, NotFound, Conflict, TooMany, Failed, Unavailable }

/// <summary>What failed, why, and the one next step: the only shape in which an error reaches a person.</summary>
public sealed record Problem(string What, string Why, string Next)
{
    /// <summary>Where <see cref="Next"/> is done, if it has a place of its own: a page makes it a button.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public NextStep Step { get; init; }
}

public enum NextStep { None, EditPlan, Unlock, FreeSpace, EnterPassword, TestConnection, ConfirmClock, Repair }

public sealed class ProblemException(ProblemKind kind, Problem problem, Exception? inner = null) : Exception($"{problem.What} {problem.Why}", inner)
{
    public ProblemException(ProblemKind kind, string what, string why, string next) : this(kind, new Problem(what, why, next)) { }

    public ProblemKind Kind { get; } = kind;
    public Problem Problem { get; } = problem;

    public static ProblemException NotFound(string thing, string next) =>
        new(ProblemKind.NotFound, $"There is no such {thing}.", "It was removed, or the address is mistyped.", next);

    public static ProblemException Invalid(string what, string why, string next) => new(ProblemKind.Invalid, what, why, next);
}
