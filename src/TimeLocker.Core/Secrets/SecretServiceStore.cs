using System.Text;
using TimeLocker.Core.Processes;

namespace TimeLocker.Core.Secrets;

/// <summary>
/// The desktop's key-ring (Secret Service), reached through libsecret's own program <c>secret-tool</c>. Secrets go
/// through its standard input.
/// </summary>
public sealed class SecretServiceStore(IReadOnlyDictionary<string, string> environment) : ISecretStore
{
    public const string StoreKind = "secret-service";
    private const int NotInstalled = 127;

    // Long enough to answer the desktop's question for the key-ring's password.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>What secret-tool needs to find the session's bus, out of this process's own environment.</summary>
    public static SecretServiceStore OfThisSession() =>
        new(((string[])["PATH", "HOME", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "DISPLAY", "WAYLAND_DISPLAY"])
        .Where(name => Environment.GetEnvironmentVariable(name) is not null).ToDictionary(name => name,
        name => Environment.GetEnvironmentVariable(name)!));

    public string Kind => StoreKind;
    public Text Title => Texts.SecretServiceTitle;
    public Text Means => Texts.SecretServiceMeans;

    public async Task<Text?> WhyNotAsync(CancellationToken ct) => await AskAsync(["lookup", .. Attributes("probe")], "", ct) switch
    {
        { ExitCode: NotInstalled } => Texts.ProgramSecretToolNot,
        { ExitCode: not 0 } answer when answer.Errors.Length > 0 || answer.ExitCode != 1 => Reason(answer),
        _ => null,
    };

    // secret-tool answers “not there” with exit 1 and silence; everything else that goes wrong it explains.
    public async Task<byte[]?> FindAsync(string name, CancellationToken ct)
    {
        var answer = await AskAsync(["lookup", .. Attributes(name)], "", ct);
        return answer switch
        {
            { ExitCode: 0 } => Convert.FromBase64String(Encoding.UTF8.GetString(answer.Output).Trim()),
            { ExitCode: 1, Errors.Length: 0 } => null,
            _ => throw Broken("read", answer),
        };
    }

    public async Task SaveAsync(string name, byte[] value, CancellationToken ct)
    {
        var answer = await AskAsync(["store", $"--label=TimeLocker {name}", .. Attributes(name)],
            Convert.ToBase64String(value), ct);
        if (answer.ExitCode != 0)
        {
            throw Broken("written", answer);
        }
    }

    public Task DeleteAsync(string name, CancellationToken ct) => AskAsync(["clear", .. Attributes(name)], "", ct);

    private static string[] Attributes(string name) => ["application", "timelocker", "name", name];

    private Task<ChildResult> AskAsync(string[] arguments, string input, CancellationToken ct) =>
        ChildProcess.RunAsync(new("secret-tool", arguments)
        {
            Environment = environment,
            Input = Encoding.UTF8.GetBytes(input),
        }, Patience, 64 * 1024, ct);

    private static Text Reason(ChildResult answer) => answer.TimedOut ? Texts.KeyRingDidNot
        : answer.Errors.Length > 0 ? Text.Verbatim(answer.Errors.Trim()) : Texts.SecretToolEnded(answer.ExitCode);

    private static ProblemException Broken(string done, ChildResult answer) =>
        new(ProblemKind.Upstream, Texts.KeyRingCouldNot(done),
            Reason(answer),
            Texts.UnlockKeyRingDesktop);
}
