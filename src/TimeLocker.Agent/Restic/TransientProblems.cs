using TimeLocker.Core;

namespace TimeLocker.Agent.Restic;

/// <summary>
/// Which problems may pass by themselves, so that another try later makes sense: the network and others' locks. Never a
/// password, a certificate, a full disk, another repository.
/// </summary>
internal static class TransientProblems
{
    public static readonly Text Locked = Texts.RepositoryLocked, NoRepository = Texts.RepositoryDoesNotAnswer,
        SlowChecks = Texts.ChecksBeforeRunTook;

    private static readonly Text[] All = [Locked, NoRepository, SlowChecks, NetworkProblems.NotFound,
        NetworkProblems.NoAnswer, NetworkProblems.Fault, NetworkProblems.BrokeOff];

    public static bool Has(Problem? problem) => problem is not null && Array.Exists(All, problem.Is);
}
