using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using TimeLocker.Core.Revisions;

namespace TimeLocker.Core;

/// <summary>Sorts problems for the faces (HTTP status, exit code); people read the sentences.</summary>
public enum ProblemKind
{
    Invalid, Unauthorized, Forbidden, NotFound, Conflict, Unseen, TooMany,

    /// <summary>The other side said no: a repository, restic, a service, a program of this machine. The same again changes nothing.</summary>
    Upstream,

    /// <summary>Something is not there now, and may be later.</summary>
    Unavailable,

    /// <summary>A fault of TimeLocker itself or of its state.</summary>
    Failed,
}

/// <summary>
/// What failed, why, and the one next step: the only shape in which an error reaches a person. Whoever may not see
/// names of files gets it <see cref="WithoutNames"/>.
/// </summary>
public sealed record Problem
{
    [SetsRequiredMembers]
    public Problem(Sentence what, Sentence why, Sentence next)
    {
        (What, Why, Next, Marked) = (what.Text, why.Text, next.Text, true);
        var without = (what.Unnamed, why.Unnamed, next.Unnamed);
        Unnamed = without == (What, Why, Next) ? null : new(without.Item1, without.Item2, without.Item3);
    }

    /// <summary>As it was stored; whoever makes one gives sentences.</summary>
    [JsonConstructor]
    public Problem()
    {
    }

    public required string What { get; init; }
    public required string Why { get; init; }
    public required string Next { get; init; }

    /// <summary>Where <see cref="Next"/> is done, if it has a place of its own: a page makes it a button.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public NextStep Step { get; init; }

    /// <summary>Somebody else was quicker: what they changed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Meanwhile? Meanwhile { get; init; }

    /// <summary>It is known which parts of it are names of files. Not so for what was stored before that was written down.</summary>
    public bool Marked { get; init; }

    /// <summary>The same with names of files left out; null when it has none. Only for storing it: ask <see cref="WithoutNames"/>.</summary>
    public Problem? Unnamed { get; init; }

    /// <summary>It is the same problem, whatever it is about.</summary>
    public bool Is(Sentence what) => What == what.Text;

    /// <summary>As it may be shown to anybody, outside of this server, too.</summary>
    public Problem WithoutNames() => Unnamed is { } unnamed ? unnamed with { Step = Step } : (Marked ? this
        : new(
            What.Contains('/', StringComparison.Ordinal) ? "It did not succeed." : What,
            "An earlier version of TimeLocker wrote down why, and it may name files.",
            "An Operator can read it."));

    public Problem For(Actor? who) => who?.Is(Role.Operator) == true ? this : WithoutNames();

    /// <summary>The same, with some of its sentences changed.</summary>
    public Problem With(Sentence? what = null, Sentence? why = null, Sentence? next = null) =>
        new(what ?? WhatSentence, why ?? WhySentence, next ?? NextSentence) { Step = Step };

    /// <summary>The same, each sentence changed in the same way: secrets are taken out.</summary>
    public Problem Map(Func<string, string> change) =>
        new() { What = change(What), Why = change(Why), Next = change(Next), Marked = Marked, Unnamed = Unnamed?.Map(change), Step = Step };

    /// <summary>All its sentences in a row.</summary>
    public override string ToString() => $"{What} {Why} {Next}";

    [JsonIgnore] public Sentence WhatSentence => Sentence.From(What, WithoutNames().What);
    [JsonIgnore] public Sentence WhySentence => Sentence.From(Why, WithoutNames().Why);
    [JsonIgnore] public Sentence NextSentence => Sentence.From(Next, WithoutNames().Next);
}

/// <summary>The page that the next step is on.</summary>
public enum NextStep { None, EditPlan, Unlock, FreeSpace, EnterPassword, TestConnection, ConfirmClock, Repair }

public sealed class ProblemException(ProblemKind kind, Problem problem, Exception? inner = null) : Exception($"{problem.What} {problem.Why}", inner)
{
    public ProblemException(ProblemKind kind, Sentence what, Sentence why, Sentence next) : this(kind, new Problem(what, why, next)) { }

    public ProblemKind Kind { get; } = kind;
    public Problem Problem { get; } = problem;

    public static ProblemException NotFound(Sentence thing, Sentence next) =>
        new(ProblemKind.NotFound, $"There is no such {thing}.", "It was removed, or the address is wrong.", next);

    public static ProblemException Invalid(Sentence what, Sentence why, Sentence next) => new(ProblemKind.Invalid, what, why, next);
}
