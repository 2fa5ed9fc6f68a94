using TimeLocker.Core;

namespace TimeLocker.Agent.Restic;

/// <summary>Words of restic, ssh or rclone, and what they mean to a person.</summary>
internal sealed record KnownProblem(string Words, ProblemKind Kind, string What, string Why, string Next)
{
    /// <summary>Of a place over the network.</summary>
    public KnownProblem(string words, string what, string why, string next)
        : this(words, ProblemKind.Upstream, what, why, next) =>
        Step = NextStep.TestConnection;

    public KnownProblem(string words, Problem problem) : this(words, problem.What, problem.Why, problem.Next) { }

    public NextStep Step { get; init; }

    public Problem Problem => new(What, Why, Next) { Step = Step };
}
