using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace TimeLocker.Core.Repositories.Backends;

/// <summary>
/// What may stand in an address. restic, ssh and rclone read some words as options or commands: those are refused here,
/// each with the reason.
/// </summary>
public static partial class AddressRules
{
    /// <summary>A word that is handed on as it is: a user, a key's id, a project.</summary>
    public static Text? Word(string value) =>
        value.StartsWith('-') ? Texts.BeginsProgramWouldTake
        : value.StartsWith(':') ? Texts.BeginsProgramWouldTakeConnection
        : value.Contains(ResticTarget.FilesFolder, StringComparison.Ordinal)
        ? Texts.ContainsWhichMeaningOwn(ResticTarget.FilesFolder)
        : value.Any(char.IsControl) ? Texts.ContainsControlCharacterLine
        : value.Split('/').Contains("..") ? Texts.ContainsWhereLeadsCannot
        : null;

    /// <summary>A name or an IP address; no port, no user, no path.</summary>
    public static Text? Host(string value) =>
        HostName().IsMatch(value)
            || (IPAddress.TryParse(value, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
                && !value.Contains('%', StringComparison.Ordinal) && !value.StartsWith('['))
            ? null
            : Texts.NeitherServersNameNor;

    public static Text? Port(string value) =>
        int.TryParse(value, out var port) && port is > 0 and < 65536 ? null : Texts.PortNumberFrom;

    public static Text? User(string value) => Word(value) ?? (UserName().IsMatch(value) ? null : Texts.UserNameNoBlanks);

    /// <summary>A bucket or container, as all providers allow it.</summary>
    public static Text? Bucket(string value) =>
        BucketName().IsMatch(value) && !value.Contains("..", StringComparison.Ordinal) ? null
            : Texts.NameLettersDigitsOnly;

    public static Text? Share(string value) => Word(value) ?? (ShareName().IsMatch(value) ? null : Texts.NameShareAloneWithout);

    /// <summary>A remote of rclone.conf; never a connection string (<c>:sftp,ssh=…:</c>), which can run commands.</summary>
    public static Text? Remote(string value) => RemoteName().IsMatch(value) ? null : Texts.NameRemoteInRclones;

    /// <summary>An absolute folder.</summary>
    public static Text? Folder(string value) => Word(value) ?? (value.StartsWith('/') ? null : Texts.NotAbsolutePathDoes);

    /// <summary>Where a mounted share comes from, as <c>mount</c> shows it.</summary>
    public static Text? Source(string value) =>
        Word(value) ?? (value.Any(char.IsWhiteSpace) && !value.StartsWith('/') ? Texts.ContainsBlank : null);

    /// <summary>http or https, without user, password and query.</summary>
    public static Text? Url(string value) =>
        Word(value) is { } why ? why
        : value.Any(c => char.IsWhiteSpace(c) || c is '"' or '\'' or '\\' or '<' or '>') ? Texts.ContainsBlankOrCharacter
        : !Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")
            || Host(url.IdnHost.Trim('[', ']')) is not null ? Texts.NotAddressBeginsHttps
        : url.UserInfo.Length > 0 || value.Contains('@', StringComparison.Ordinal) ? Texts.ContainsUserUserPassword
        : url.Query.Length > 0 || url.Fragment.Length > 0 ? Texts.ContainsOr
        : value.Contains("%2e", StringComparison.OrdinalIgnoreCase) ? Texts.ContainsWhereLeadsCannot
        : null;

    /// <summary>With or without https:// or http:// in front, and nothing after the port.</summary>
    public static Text? Endpoint(string value) =>
        Url(WithScheme(value)) ?? (new Uri(WithScheme(value)).AbsolutePath == "/" ? null : Texts.SomethingAfterServersName);

    public static string WithScheme(string endpoint) =>
        endpoint.Contains("://", StringComparison.Ordinal) ? endpoint : $"https://{endpoint}";

    /// <summary>Certificates in PEM; a private key among them is refused, for it does not belong here.</summary>
    public static Text? Certificates(string value)
    {
        if (value.Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            return Texts.ContainsPrivateKeyWhich;
        }

        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(value);
            return certificates.Count > 0 ? null : Texts.NotCertificateInPem;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return Texts.NotCertificateInPemForm;
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
