using TimeLocker.Core;

namespace TimeLocker.Agent.Restic;

/// <summary>Words of restic, ssh or rclone, and what they mean to a person.</summary>
internal sealed record KnownProblem(string Words, ProblemKind Kind, Sentence What, Sentence Why, Sentence Next)
{
    /// <summary>Of a place over the network.</summary>
    public KnownProblem(string words, Sentence what, Sentence why, Sentence next)
        : this(words, ProblemKind.Upstream, what, why, next) =>
        Step = NextStep.TestConnection;

    public KnownProblem(string words, Problem problem) : this(words, problem.WhatSentence, problem.WhySentence, problem.NextSentence) { }

    public NextStep Step { get; init; }

    public Problem Problem => new(What, Why, Next) { Step = Step };
}
