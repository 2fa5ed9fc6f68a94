namespace TimeLocker.Tests.Servers;

/// <summary>OpenSSH's server for the user who runs the tests, with a host key and a user key of its own; SFTP only.</summary>
public sealed class SshServer : TestServer
{
    private SshServer() : base("ssh")
    {
    }

    public static string User => System.Environment.UserName;
    public string PrivateKey => File.ReadAllText(In("user"));
    public string HostKey => string.Join(' ', File.ReadAllText(In("host.pub")).Split(' ')[..2]);

    protected override IReadOnlyList<string> Command => [Programs.Sshd, "-D", "-e", "-f", In("sshd_config")];

    public static async Task<SshServer> NewAsync()
    {
        var server = new SshServer();
        await KeyAsync(server.In("host"));
        await KeyAsync(server.In("user"));
        File.Copy(server.In("user.pub"), server.In("authorized_keys"));
        await File.WriteAllTextAsync(server.In("sshd_config"), $"""
            ListenAddress 127.0.0.1:{server.Port}
            HostKey {server.In("host")}
            AuthorizedKeysFile {server.In("authorized_keys")}
            PidFile none
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin prohibit-password
            Subsystem sftp internal-sftp
            ForceCommand internal-sftp
            MaxStartups 100

            """);
        if (System.Environment.IsPrivilegedProcess)
        {
            Directory.CreateDirectory("/run/sshd"); // root's sshd wants it, and only a system's service makes it
        }

        await server.StartAsync();
        return server;
    }

    public static Task<string> KeyAsync(string path) =>
        SayAsync("", "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path);

    public Place Place(string name) => new("sftp", new()
    {
        ["host"] = "127.0.0.1",
        ["port"] = $"{Port}",
        ["user"] = User,
        ["path"] = In(name),
        ["privateKey"] = PrivateKey,
        ["hostKey"] = HostKey,
    }, In(name));
}
