using TimeLocker.Core;

namespace TimeLocker.Agent.Restic;

/// <summary>Why a place over the network cannot be reached or used: cause and next step. The narrower comes before the wider.</summary>
internal static class NetworkProblems
{
    public static readonly Sentence NotFound = "The server was not found.", NoAnswer = "The server does not answer.",
        Fault = "The server has a fault.", BrokeOff = "The connection to the server was lost.";

    private static readonly Sentence NotKnown = "The server is not the one that is known.",
        NotTrusted = "The server's certificate is not trusted.", Refuses = "The server refuses access.",
        NoBucket = "The bucket does not exist.", NoContainer = "The container does not exist.";

    public static Problem BucketMissing { get; } = new(NoBucket, "The server is there, but has no bucket of that name.", "Make the bucket at the provider, or correct its name, the server and the region.");

    /// <summary>Whether these words say that the server cannot be reached, whatever is wanted of it.</summary>
    public static bool IsAway(string said) => ResticProblems.Find(said)?.Problem is { } problem
        && Array.Exists([NotFound, NoAnswer, BrokeOff, NotTrusted, NotKnown], problem.Is);

    public static IReadOnlyList<KnownProblem> All { get; } =
    [
        // ssh
        new("REMOTE HOST IDENTIFICATION HAS CHANGED", NotKnown,
            "It shows another host key than the one that is pinned: it was set up anew, or somebody stands between.",
            "Ask who runs the server whether its key was changed before you trust the new one."),
        new("Host key verification failed", NotKnown, "Its host key is unknown or has changed.",
            "Ask who runs the server whether its key was changed before you trust it again."),
        new("Permission denied (", "The server does not let TimeLocker in.", "It does not accept this key for this user: permission denied.",
            "Put the public key into the file .ssh/authorized_keys of that user on the server, and check the user's name."),
        new("not accessible: No such file", "The key file is not there.", "ssh finds no file with the private key.", "Correct the path of the key file."),
        new("UNPROTECTED PRIVATE KEY FILE", "The key file is too open.", "Others may read it, so ssh does not use it.",
            "Take the rights away from others: chmod 600 on that file."),
        new("Load key \"", "The private key cannot be used.", "ssh does not understand it, or may not read it.",
            "Paste the whole key with its first and last line, or make a new key pair."),
        new("subsystem request failed", "The server has no SFTP.", "It let TimeLocker in, but offers no file transfer.",
            "Switch SFTP on for that user on the server."),
        new("SSH_FX_PERMISSION_DENIED", "Access was denied.", "The user on the server may not read or write in that folder.",
            "Give that user the rights on the folder, or choose one in the user's home."),
        new("Could not resolve hostname", NotFound, "Its name could not be resolved.",
            "Check the server's name for a typing error, and the network of this machine."),
        new("exec: \"ssh\"", ProblemKind.Unavailable, "ssh is missing on this machine.",
            "It is needed to reach this storage, and could not be found.", "Install it (Debian: apt install openssh-client), then try again."),

        // rclone and what it reaches
        new("exec: \"rclone\"", ProblemKind.Unavailable, "rclone is missing on this machine.",
            "It is needed to reach this storage, and could not be found.", "Install rclone (Debian: apt install rclone), then try again."),
        new("didn't find section in config file", "rclone does not know this remote.",
            "There is no remote of that name in the configuration of the user who runs TimeLocker.",
            "See “rclone listremotes” as that user, and correct the name or set it up with “rclone config”."),
        new("attempted logon is invalid", Refuses, "User name or password are not accepted by the server.", "Correct the user, the password or the domain."),
        new("account has been automatically locked", Refuses, "The account is locked after too many wrong passwords.",
            "Unlock it on the server or wait, then correct the password."),
        new("Network Name Not Found", "The share does not exist.", "The server has no share of that name.", "Correct the name of the share."),
        new("share name cannot be found", "The share does not exist.", "The server has no share of that name.", "Correct the name of the share."),
        new("process has requested access to an object", Refuses, "The user may not use this share or folder.", "Give that user the rights on the share."),

        // object storage
        new("specified bucket does not exist", BucketMissing),
        new("NoSuchBucket", BucketMissing),
        new("bucket doesn't exist", BucketMissing),
        new("specified container does not exist", NoContainer, "The account has no container of that name.", "Make it at the provider, or correct its name."),
        new("ContainerNotFound", NoContainer, "The account has no container of that name.", "Make it at the provider, or correct its name."),
        new("InvalidAccessKeyId", Refuses, "It does not know this access key.", "Correct the access key ID; it may have been removed at the provider."),
        new("Access Key Id you provided does not exist", Refuses, "It does not know this access key.",
            "Correct the access key ID; it may have been removed at the provider."),
        new("SignatureDoesNotMatch", Refuses, "The secret access key is wrong.", "Enter the secret that belongs to this access key."),
        new("request signature we calculated does not match", Refuses, "The secret access key is wrong.", "Enter the secret that belongs to this access key."),
        new("ExpiredToken", Refuses, "The session token has expired.", "Get new keys from the provider and enter them."),
        new("provided token has expired", Refuses, "The session token has expired.", "Get new keys from the provider and enter them."),
        new("difference between the request time and the", Refuses,
            "The clocks of this machine and of the server differ too much.", "Set this machine's clock right."),
        new("must be addressed using the specified endpoint", "The bucket is elsewhere.",
            "It belongs to another region than this server.", "Correct the server and the region to those of the bucket."),
        new("is wrong; expecting", "The region is wrong.", "The bucket belongs to another one.", "Enter the bucket's region under “Advanced”."),
        new("no credentials found", "The keys are missing.", "Without them the storage lets nobody in.", "Enter the access key and its secret."),
        new("Access Denied", Refuses, "These keys may not use this bucket.",
            "Give them the rights to list, read, write and delete in it, or correct the bucket's name."),
        new("AuthenticationFailed", Refuses, "The account's key or token is not accepted.", "Enter the right one."),
        new("invalid_grant", Refuses, "The service account's key is not accepted.", "Make a new key for it and enter that."),

        // TLS
        new("server gave HTTP response to HTTPS client", "The server does not speak TLS there.",
            "The address begins with https://, but the server answers without encryption.",
            "Switch TLS on in the server, or begin the address with http:// in a network that you trust."),
        new("HTTP request to an HTTPS server", "The server speaks TLS only.",
            "The address begins with http://, but the server wants https://.", "Begin the address with https://."),
        new("certificate has expired or is not yet valid", NotTrusted, "It has expired, or this machine's clock is wrong.",
            "Renew the server's certificate, or set the clock right."),
        new("certificate is valid for", NotTrusted, "It was issued for another name than the one in the address.",
            "Use the name in the certificate."),
        new("doesn't contain any IP SANs", NotTrusted, "It was issued for a name, but the address has a number.",
            "Use the name in the certificate."),
        new("signed by unknown authority", NotTrusted, "It was not issued by an authority that this machine knows.",
            "If it is your own server, enter the certificate of its authority under “Advanced”."),
        new("x509:", NotTrusted, "It could not be checked.", "Check the address, or enter the certificate of its authority under “Advanced”."),
        new("tls:", "No secure connection came about.", "Server and restic did not agree on the encryption.",
            "Check the address and its port, and bring the server up to date."),

        // the network
        new("no such host", NotFound, "Its name could not be resolved.", "Check the server's name for a typing error, and the network of this machine."),
        new("name or service not known", NotFound, "Its name could not be resolved.",
            "Check the server's name for a typing error, and the network of this machine."),
        new("server misbehaving", NotFound, "The name server had no answer for its name.",
            "Check the server's name for a typing error, and the network of this machine."),
        new("name resolution", NotFound, "The name server does not answer.", "Check the network of this machine."),
        new("connection refused", NoAnswer, "Nothing listens at its address: connection refused.",
            "Check that the server runs and that address and port are right."),
        new("no route to host", NoAnswer, "There is no route to its address: no route to host.",
            "Check that the server is switched on, and the network of this machine."),
        new("network is unreachable", NoAnswer, "This machine has no network to its address.", "Check the network of this machine."),
        new("connection timed out", NoAnswer, "It did not answer in time: connection timed out.",
            "Check that the server is switched on and that no firewall stands between."),
        new("i/o timeout", NoAnswer, "It did not answer in time.", "Check that the server is switched on and that no firewall stands between."),
        new("request timeout", NoAnswer, "It stopped answering.", "Check the server and the network, then try again."),
        new("context deadline exceeded", NoAnswer, "It took too long.", "Check the network and try again."),
        new("connection reset by peer", NoAnswer, "It closed the connection.",
            "Check that address and port are those of the right service, then try again."),
        new("use of closed network connection", NoAnswer, "It closed the connection.", "Check the server and the network, then try again."),

        // HTTP
        new("(401)", Refuses, "User name or password are not accepted (401).",
            "Correct the user and the password, or the folder in the address: it may belong to another user."),
        new("(403)", Refuses, "The account may not do this (403).", "Check the account's rights on the server; an append-only server lets nothing be removed."),
        new("(405)", "This is not a restic REST server.", "Something else answers at this address (405).", "Correct the address and its port."),
        new("unexpected HTTP response (5", Fault, "It answered with an error of its own.", "Look into the server's log; run it again when the server is well."),

        new("ssh command exited", BrokeOff, "ssh ended while restic still needed it.", "Check the server and the network, then run it again."),
    ];
}
