using TimeLocker.Core;

namespace TimeLocker.Agent.Restic;

/// <summary>Words of restic, ssh or rclone, and what they mean to a person.</summary>
internal sealed record KnownProblem(string Words, ProblemKind Kind, string What, string Why, string Next)
{
    public KnownProblem(string words, string what, string why, string next) : this(words, ProblemKind.Failed, what, why, next) { }

    public KnownProblem(string words, Problem problem) : this(words, ProblemKind.Failed, problem.What, problem.Why, problem.Next) { }

    public Problem Problem => new(What, Why, Next);
}
