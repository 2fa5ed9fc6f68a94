using System.Globalization;
using Shouldly;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Repositories;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>What a test of the connection says when a place cannot be used: the cause, from restic's recorded words.</summary>
public sealed class NetworkProblemTests
{
    [Theory]
    [InlineData("be-azure-unsupported-in-debian-build", "This restic cannot reach this kind of storage.", "built without it")]
    [InlineData("be-rclone-missing-binary", "rclone is missing on this machine.", "could not be found")]
    [InlineData("be-rest-401", "The server refuses access.", "(401)")]
    [InlineData("be-rest-quota507", "The repository's quota is used up.", "507")]
    [InlineData("be-rest-refused-15s", "The server does not answer.", "connection refused")]
    [InlineData("be-rest-serverkilled-forever", "The server does not answer.", "connection refused")]
    [InlineData("be-rest-tls-untrusted-15s", "The server's certificate is not trusted.", "authority")]
    [InlineData("be-s3-missing-bucket-retrying", "The bucket does not exist.", "no bucket")]
    [InlineData("be-s3-nocreds", "The keys are missing.", "nobody")]
    [InlineData("be-s3-refused-15s", "The server does not answer.", "connection refused")]
    [InlineData("be-sftp-hostkey-changed", "The server is not the one that is known.", "another host key")]
    [InlineData("be-sftp-hostkey-unknown", "The server is not the one that is known.", "unknown")]
    [InlineData("be-sftp-refused", "The server does not answer.", "connection refused")]
    [InlineData("be-sftp-wrong-key", "The server does not let TimeLocker in.", "does not accept this key")]
    [InlineData("be-smb-noshare", "The share does not exist.", "no share")]
    [InlineData("be-smb-wrongpw", "The server refuses access.", "password")]
    public void A_recorded_failure_tells_its_cause(string recording, string what, string why)
    {
        var path = Path.Combine(Recordings.Folder, "0.19.1", recording);
        var exit = int.Parse(File.ReadAllText(path + ".exit"), CultureInfo.InvariantCulture);

        var problem = Thrown(exit, File.ReadAllText(path + ".stderr"), timedOut: exit is 124 or 130).Problem;

        problem.What.Full.ShouldBe(what);
        problem.Why.Full.ShouldContain(why);
    }

    [Theory]
    [InlineData("dial tcp: lookup nas.invalid on 127.0.0.1:53: no such host", "The server was not found.", "resolved")]
    [InlineData("subprocess ssh: ssh: Could not resolve hostname nas: Name or service not known",
        "The server was not found.", "resolved")]
    [InlineData("subprocess ssh: ssh: connect to host 10.0.0.9 port 22: Connection timed out",
        "The server does not answer.", "in time")]
    [InlineData("tls: failed to verify certificate: x509: certificate is valid for localhost, not nas.local",
        "The server's certificate is not trusted.", "another name")]
    [InlineData("tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time",
        "The server's certificate is not trusted.", "expired")]
    [InlineData("http: server gave HTTP response to HTTPS client", "The server does not speak TLS there.", "https://")]
    [InlineData("Stat: The AWS Access Key Id you provided does not exist in our records.", "The server refuses access.",
        "access key")]
    [InlineData("Stat: The request signature we calculated does not match the signature you provided.",
        "The server refuses access.", "secret access key")]
    [InlineData("Stat: Access Denied.", "The server refuses access.", "may not use this bucket")]
    [InlineData("Stat: The specified bucket does not exist", "The bucket does not exist.", "no bucket")]
    [InlineData("rclone: CRITICAL: Failed to create file system for \"nas:x\": didn't find section in config file "
        + "(\"nas\")", "rclone does not know this remote.", "no remote")]
    [InlineData("subprocess ssh: Load key \"/x/key\": error in libcrypto", "The private key cannot be used.", "understand")]
    [InlineData("Fatal: unsupported repository version 3", "restic is too old for this repository.", "newer")]
    [InlineData("sftp: \"Permission denied\" (SSH_FX_PERMISSION_DENIED)", "Access was denied.", "on the server")]
    [InlineData("unexpected HTTP response (500): 500 Internal Server Error", "The server has a fault.", "own")]
    [InlineData("Save(<lock/1>): read-only file system", "The repository cannot be written.", "read-only")]
    public void Words_tell_their_cause(string words, string what, string why)
    {
        var problem = Thrown(1,
            $"{words}\n{{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: unable to open repository\"}}",
            timedOut: false).Problem;

        (problem.What.Full, problem.Why.Full.Contains(why, StringComparison.Ordinal)).ShouldBe((what, true), problem.Why.Full);
    }

    [Fact]
    public void What_is_not_there_can_be_made_but_a_missing_bucket_cannot()
    {
        Thrown(10, "{\"message_type\":\"exit_error\",\"code\":10,\"message\":\"Fatal: repository does not exist: "
            + "unable to open config file: Stat: The specified key does not exist.\"}",
            false).Kind.ShouldBe(ProblemKind.NotFound);
        Thrown(10, "{\"message_type\":\"exit_error\",\"code\":10,\"message\":\"Fatal: repository does not exist: "
            + "unable to open config file: Stat: The specified bucket does not exist\"}",
            false).Kind.ShouldBe(ProblemKind.Upstream);
    }

    [Fact]
    public void Silence_is_called_silence() =>
        Thrown(130, "signal terminated received, cleaning up "
        + "\n{\"message_type\":\"exit_error\",\"code\":130,\"message\":\"Fatal: unable to open config file: context "
        + "canceled\"}", true).Problem.What.Full.ShouldBe("The repository does not answer.");

    private static ProblemException Thrown(int exit, string said, bool timedOut) =>
        ResticExit.Exception(new ChildResult(exit, [], said, timedOut, Truncated: false),
            new Redactor(new ResticTarget { Location = "/nowhere" }));
}
