namespace TimeLocker.Core.Repositories;

/// <summary>Why a repository's server refuses, where others than the agent ask for it: <see cref="Problem.Why"/>.</summary>
public static class RepositoryRefusal
{
    /// <summary>HTTP 403: the account has not the right, or the server lets nothing be removed.</summary>
    public static Text MayNot => Texts.AccountMayNotDo;
}
