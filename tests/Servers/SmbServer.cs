namespace TimeLocker.Tests.Servers;

/// <summary>Samba with one share, for the user who runs the tests, with accounts of its own.</summary>
public sealed class SmbServer : TestServer
{
    public const string Share = "nas", Password = "the share's password";

    private SmbServer() : base("smb")
    {
    }

    protected override IReadOnlyList<string> Command =>
        [Programs.Smbd, "--foreground", "--no-process-group", "-s", In("smb.conf"), "-l", Root, "-p", $"{Port}"];

    public static async Task<SmbServer> NewAsync()
    {
        var server = new SmbServer();
        foreach (var folder in (string[])["state", Share])
        {
            Directory.CreateDirectory(server.In(folder));
        }

        var state = server.In("state");
        await File.WriteAllTextAsync(server.In("smb.conf"), $"""
            [global]
            server role = standalone server
            interfaces = lo
            bind interfaces only = yes
            smb ports = {server.Port}
            disable netbios = yes
            private dir = {state}
            lock directory = {state}
            state directory = {state}
            cache directory = {state}
            pid directory = {state}
            ncalrpc dir = {state}/ncalrpc
            passdb backend = tdbsam:{state}/passdb.tdb
            log file = {state}/log
            load printers = no
            printcap name = /dev/null
            disable spoolss = yes
            map to guest = never
            [{Share}]
            path = {server.In(Share)}
            read only = no

            """);
        await SayAsync($"{Password}\n{Password}\n", "pdbedit", "-s", server.In("smb.conf"), "-a", "-t", "-u",
            System.Environment.UserName);
        await server.StartAsync();
        return server;
    }

    public Place Place(string name, int? port = null) => new("smb", new()
    {
        ["host"] = "127.0.0.1",
        ["port"] = $"{port ?? Port}",
        ["share"] = Share,
        ["path"] = name,
        ["user"] = System.Environment.UserName,
        ["password"] = Password,
    }, In(Share, name));
}
