using TimeLocker.Core;

namespace TimeLocker.Agent.Restic;

/// <summary>Words of restic, ssh or rclone, and what they mean to a person.</summary>
internal sealed record KnownProblem(string Words, ProblemKind Kind, Problem Problem)
{
    public KnownProblem(string words, ProblemKind kind, Text what, Text why, Text next)
        : this(words, kind, new(what, why, next)) { }

    /// <summary>Of a place over the network.</summary>
    public KnownProblem(string words, Text what, Text why, Text next) : this(words, new(what, why, next)) { }

    public KnownProblem(string words, Problem problem)
        : this(words, ProblemKind.Upstream, problem with { Step = NextStep.TestConnection }) { }

    public NextStep Step { init => Problem = Problem with { Step = value }; }
}
