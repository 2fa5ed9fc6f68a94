using TimeLocker.Core;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Restic;

/// <summary>
/// Why a place over the network cannot be reached or used: cause and next step. The narrower comes before the wider.
/// </summary>
internal static class NetworkProblems
{
    public static readonly Text NotFound = Texts.ServerNotFound, NoAnswer = Texts.ServerDoesNotAnswer,
        Fault = Texts.ServerFault, BrokeOff = Texts.ConnectionServerLost;

    private static readonly Text NotKnown = Texts.ServerNotOneKnown,
        NotTrusted = Texts.ServersCertificateNotTrusted, Refuses = Texts.ServerRefusesAccess,
        NoBucket = Texts.BucketDoesNotExist, NoContainer = Texts.ContainerDoesNotExist;

    public static Problem BucketMissing { get; } = new(NoBucket, Texts.ServerButNoBucket, Texts.MakeBucketProviderOr);

    /// <summary>Whether these words say that the server cannot be reached, whatever is wanted of it.</summary>
    public static bool IsAway(string said) => ResticProblems.Find(said)?.Problem is { } problem
        && Array.Exists([NotFound, NoAnswer, BrokeOff, NotTrusted, NotKnown], problem.Is);

    public static IReadOnlyList<KnownProblem> All { get; } =
    [
        // ssh
        new("REMOTE HOST IDENTIFICATION HAS CHANGED", NotKnown,
            Texts.ShowsAnotherHostKey,
            Texts.AskWhoRunsServer),
        new("Host key verification failed", NotKnown, Texts.HostKeyUnknownOr,
            Texts.AskWhoRunsServerWhether),
        new("Permission denied (", Problems.ServerDoesNotLet),
        new("not accessible: No such file", Problems.KeyFileNotSsh),
        new("UNPROTECTED PRIVATE KEY FILE", Problems.KeyFileTooOpen),
        new("Load key \"", Problems.PrivateKeyCannotUsed),
        new("subsystem request failed", Problems.ServerNoSftpLet),
        new("SSH_FX_PERMISSION_DENIED", Problems.AccessDeniedUserServer),
        new("Could not resolve hostname", NotFound, Texts.NameCouldNotResolved,
            Texts.CheckServersNameTyping),
        new("exec: \"ssh\"", ProblemKind.Unavailable, Problems.SshMissingMachineNeeded),

        // rclone and what it reaches
        new("exec: \"rclone\"", ProblemKind.Unavailable, Problems.RcloneMissingMachineNeededInstall),
        new("didn't find section in config file", Problems.RcloneDoesNotKnow),
        new("attempted logon is invalid", Refuses, Texts.UserNameOrPassword, Texts.CorrectUserPasswordOr),
        new("account has been automatically locked", Refuses, Texts.AccountLockedAfterToo,
            Texts.UnlockServerOrWait),
        new("Network Name Not Found", Problems.ShareDoesNotExist),
        new("share name cannot be found", Problems.ShareDoesNotExist),
        new("process has requested access to an object", Refuses, Texts.UserMayNotUse, Texts.GiveUserRightsShare),

        // object storage
        new("specified bucket does not exist", BucketMissing),
        new("NoSuchBucket", BucketMissing),
        new("bucket doesn't exist", BucketMissing),
        new("specified container does not exist", NoContainer, Texts.AccountNoContainerName, Texts.MakeProviderOrCorrect),
        new("ContainerNotFound", NoContainer, Texts.AccountNoContainerName, Texts.MakeProviderOrCorrect),
        new("InvalidAccessKeyId", Refuses, Texts.DoesNotKnowAccess, Texts.CorrectAccessKeyId),
        new("Access Key Id you provided does not exist", Refuses, Texts.DoesNotKnowAccess,
            Texts.CorrectAccessKeyId),
        new("SignatureDoesNotMatch", Refuses, Texts.SecretAccessKeyWrong, Texts.EnterSecretBelongsAccess),
        new("request signature we calculated does not match", Refuses, Texts.SecretAccessKeyWrong, Texts.EnterSecretBelongsAccess),
        new("ExpiredToken", Refuses, Texts.SessionTokenExpired, Texts.GetNewKeysFrom),
        new("provided token has expired", Refuses, Texts.SessionTokenExpired, Texts.GetNewKeysFrom),
        new("difference between the request time and the", Refuses,
            Texts.ClocksMachineServerDiffer, Texts.SetMachinesClockRight),
        new("must be addressed using the specified endpoint", Problems.BucketElsewhereBelongsAnother),
        new("is wrong; expecting", Problems.RegionWrongBucketBelongs),
        new("no credentials found", Problems.KeysMissingWithoutThem),
        new("Access Denied", Refuses, Texts.TheseKeysMayNot,
            Texts.GiveThemRightsList),
        new("AuthenticationFailed", Refuses, Texts.AccountsKeyOrToken, Texts.EnterRightOne),
        new("invalid_grant", Refuses, Texts.ServiceAccountsKeyNot, Texts.MakeNewKeyEnter),

        // TLS
        new("server gave HTTP response to HTTPS client", Problems.ServerDoesNotSpeak),
        new("HTTP request to an HTTPS server", Problems.ServerSpeaksTlsOnly),
        new("certificate has expired or is not yet valid", NotTrusted, Texts.ExpiredOrMachinesClock,
            Texts.RenewServersCertificateOr),
        new("certificate is valid for", NotTrusted, Texts.IssuedAnotherNameThan,
            Texts.UseNameInCertificate),
        new("doesn't contain any IP SANs", NotTrusted, Texts.IssuedNameButAddress,
            Texts.UseNameInCertificate),
        new("signed by unknown authority", NotTrusted, Texts.NotIssuedAuthorityMachine,
            Texts.IfYourOwnServer),
        new("x509:", NotTrusted, Texts.CouldNotChecked, Texts.CheckAddressOrEnter),
        new("tls:", Problems.NoSecureConnectionCame),

        // the network
        new("no such host", NotFound, Texts.NameCouldNotResolved, Texts.CheckServersNameTyping),
        new("name or service not known", NotFound, Texts.NameCouldNotResolved,
            Texts.CheckServersNameTyping),
        new("server misbehaving", NotFound, Texts.NameServerNoAnswer,
            Texts.CheckServersNameTyping),
        new("name resolution", NotFound, Texts.NameServerDoesNot, Texts.CheckNetworkMachine),
        new("connection refused", NoAnswer, Texts.NothingListensAddressConnection,
            Texts.CheckServerRunsAddress),
        new("no route to host", NoAnswer, Texts.NoRouteAddressNo,
            Texts.CheckServerSwitchedNetwork),
        new("network is unreachable", NoAnswer, Texts.MachineNoNetworkAddress, Texts.CheckNetworkMachine),
        new("connection timed out", NoAnswer, Texts.DidNotAnswerIn,
            Texts.CheckServerSwitchedNo),
        new("i/o timeout", NoAnswer, Texts.DidNotAnswerInTime, Texts.CheckServerSwitchedNo),
        new("request timeout", NoAnswer, Texts.StoppedAnswering, Texts.CheckServerNetworkThen),
        new("context deadline exceeded", NoAnswer, Texts.TookTooLong, Texts.CheckNetworkTryAgain),
        new("connection reset by peer", NoAnswer, Texts.ClosedConnection,
            Texts.CheckAddressPortThose),
        new("use of closed network connection", NoAnswer, Texts.ClosedConnection, Texts.CheckServerNetworkThen),

        // HTTP
        new("(401)", Refuses, Texts.UserNameOrPasswordNot,
            Texts.CorrectUserPasswordOrFolder),
        new("(403)", Refuses, RepositoryRefusal.MayNot, Texts.CheckAccountsRightsServer),
        new("(405)", Problems.NotResticRestServer),
        new("unexpected HTTP response (5", Fault, Texts.AnsweredErrorOwn, Texts.LookIntoServersLog),

        new("ssh command exited", BrokeOff, Texts.SshEndedWhileRestic, Texts.CheckServerNetworkThenRun),
    ];
}
