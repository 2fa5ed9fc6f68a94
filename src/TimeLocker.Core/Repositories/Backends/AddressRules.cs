using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace TimeLocker.Core.Repositories.Backends;

/// <summary>What may stand in an address. restic, ssh and rclone read some words as options or commands: those are refused here, each with the reason.</summary>
public static partial class AddressRules
{
    /// <summary>A word that is handed on as it is: a user, a key's id, a project.</summary>
    public static Sentence? Word(string value) =>
        value.StartsWith('-') ? "It begins with “-”: a program would take it for an option."
        : value.StartsWith(':') ? "It begins with “:”: a program would take it for a connection of its own."
        : value.Contains(ResticTarget.FilesFolder, StringComparison.Ordinal) ? $"It contains “{ResticTarget.FilesFolder}”, which has a meaning of its own here."
        : value.Any(char.IsControl) ? "It contains a control character (a line break, a tab …)."
        : value.Split('/').Contains("..") ? "It contains “..”: where that leads cannot be seen."
        : null;

    /// <summary>A name or an IP address; no port, no user, no path.</summary>
    public static Sentence? Host(string value) =>
        HostName().IsMatch(value) || (IPAddress.TryParse(value, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 && !value.Contains('%', StringComparison.Ordinal) && !value.StartsWith('['))
            ? null
            : "It is neither a server's name nor an IP address; port, user and folder have fields of their own.";

    public static Sentence? Port(string value) => int.TryParse(value, out var port) && port is > 0 and < 65536 ? null : "A port is a number from 1 to 65535.";

    public static Sentence? User(string value) => Word(value) ?? (UserName().IsMatch(value) ? null : "A user name has no blanks and none of / : \" ' in it.");

    /// <summary>A bucket or container, as all providers allow it.</summary>
    public static Sentence? Bucket(string value) => BucketName().IsMatch(value) && !value.Contains("..", StringComparison.Ordinal) ? null : "Its name has letters, digits, “-”, “_” and “.” only, and begins with a letter or a digit.";

    public static Sentence? Share(string value) => Word(value) ?? (ShareName().IsMatch(value) ? null : "It is the name of the share alone, without server and folders.");

    /// <summary>A remote of rclone.conf; never a connection string (<c>:sftp,ssh=…:</c>), which can run commands.</summary>
    public static Sentence? Remote(string value) => RemoteName().IsMatch(value) ? null : "It is the name of a remote in rclone's configuration, without “:” and without options.";

    /// <summary>An absolute folder.</summary>
    public static Sentence? Folder(string value) => Word(value) ?? (value.StartsWith('/') ? null : "It is not an absolute path: it does not begin with “/”.");

    /// <summary>Where a mounted share comes from, as <c>mount</c> shows it.</summary>
    public static Sentence? Source(string value) => Word(value) ?? (value.Any(char.IsWhiteSpace) && !value.StartsWith('/') ? "It contains a blank." : null);

    /// <summary>http or https, without user, password and query.</summary>
    public static Sentence? Url(string value) =>
        Word(value) is { } why ? why
        : value.Any(c => char.IsWhiteSpace(c) || c is '"' or '\'' or '\\' or '<' or '>') ? "It contains a blank or a character that an address cannot have."
        : !Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || Host(url.IdnHost.Trim('[', ']')) is not null ? "It is not an address that begins with https:// or http://."
        : url.UserInfo.Length > 0 || value.Contains('@', StringComparison.Ordinal) ? "It contains a user: user and password have fields of their own."
        : url.Query.Length > 0 || url.Fragment.Length > 0 ? "It contains “?” or “#”."
        : value.Contains("%2e", StringComparison.OrdinalIgnoreCase) ? "It contains “..”: where that leads cannot be seen."
        : null;

    /// <summary>With or without https:// or http:// in front, and nothing after the port.</summary>
    public static Sentence? Endpoint(string value) =>
        Url(WithScheme(value)) ?? (new Uri(WithScheme(value)).AbsolutePath == "/" ? null : "It has something after the server's name: the bucket and the folder have fields of their own.");

    public static string WithScheme(string endpoint) => endpoint.Contains("://", StringComparison.Ordinal) ? endpoint : $"https://{endpoint}";

    /// <summary>Certificates in PEM; a private key among them is refused, for it does not belong here.</summary>
    public static Sentence? Certificates(string value)
    {
        if (value.Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            return "It contains a private key, which must never leave the server.";
        }

        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(value);
            return certificates.Count > 0 ? null : "It is not a certificate in PEM form: it has no line “-----BEGIN CERTIFICATE-----”.";
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return "It is not a certificate in PEM form, or a part of it is missing.";
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?\z")]
    private static partial Regex HostName();

    [GeneratedRegex("""^[^\s/:"'\\@][^\s/:"']{0,127}\z""")]
    private static partial Regex UserName();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,254}\z")]
    private static partial Regex BucketName();

    [GeneratedRegex("""^[^\s/\\:*?"<>|,][^/\\:*?"<>|,]{0,79}\z""")]
    private static partial Regex ShareName();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.+@ -]{0,99}(?<! )\z")]
    private static partial Regex RemoteName();
}
