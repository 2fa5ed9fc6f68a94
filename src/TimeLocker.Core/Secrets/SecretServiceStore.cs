namespace TimeLocker.Core.Secrets;

/// <param name="Exit">127: the program is not installed.</param>
public sealed record ToolAnswer(int Exit, string Output, string Error);

/// <summary>Runs <c>secret-tool</c> with these arguments; what is secret goes through its standard input.</summary>
public delegate Task<ToolAnswer> SecretTool(IReadOnlyList<string> arguments, string input, CancellationToken ct);

/// <summary>The desktop's key-ring (Secret Service), reached through libsecret's own program.</summary>
public sealed class SecretServiceStore(SecretTool tool) : ISecretStore
{
    public const string StoreKind = "secret-service";

    public string Kind => StoreKind;
    public string Title => "Key-ring of the desktop";

    public async Task<string?> WhyNotAsync(CancellationToken ct)
    {
        var answer = await tool(["lookup", .. Attributes("probe")], "", ct);
        return answer switch
        {
            { Exit: 127 } => "The program secret-tool is not installed (Debian: libsecret-tools).",
            { Exit: not 0, Error.Length: > 0 } => answer.Error.Trim(),
            _ => null,
        };
    }

    // secret-tool answers “not there” with exit 1 and silence; everything else that goes wrong it explains.
    public async Task<byte[]?> FindAsync(string name, CancellationToken ct)
    {
        var answer = await tool(["lookup", .. Attributes(name)], "", ct);
        if (answer.Exit == 0)
        {
            return Convert.FromBase64String(answer.Output.Trim());
        }

        return answer.Exit == 1 && answer.Error.Length == 0 ? null : throw Broken("read", answer);
    }

    public async Task SaveAsync(string name, byte[] value, CancellationToken ct)
    {
        var answer = await tool(["store", $"--label=TimeLocker {name}", .. Attributes(name)], Convert.ToBase64String(value), ct);
        if (answer.Exit != 0)
        {
            throw Broken("written", answer);
        }
    }

    public async Task DeleteAsync(string name, CancellationToken ct) => await tool(["clear", .. Attributes(name)], "", ct);

    private static string[] Attributes(string name) => ["application", "timelocker", "name", name];

    private static ProblemException Broken(string done, ToolAnswer answer) => new(ProblemKind.Failed, $"The key-ring could not be {done}.",
        answer.Error.Length > 0 ? answer.Error.Trim() : $"secret-tool ended with {answer.Exit}.", "Unlock the key-ring of the desktop session and start TimeLocker again.");
}
