using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using TimeLocker.Core;

namespace TimeLocker.Server.Identity;

/// <summary>
/// Scheme, host and port of a site: what a link begins with. No path, no user, nothing that a proxy or a browser could
/// read in two ways.
/// </summary>
/// <param name="Authority">As browsers send it in <c>Host</c>: in small letters, the port only where it is not the
/// scheme's own.</param>
public sealed partial record WebAddress(bool Secure, string Authority)
{
    private const int Longest = 300;

    public string Scheme => Secure ? "https" : "http";

    /// <summary>It leads to the machine on which it is opened: nobody listens on the way.</summary>
    public bool IsLocal =>
        Authority.Split(':')[0] == "localhost" || Authority.StartsWith("127.", StringComparison.Ordinal)
            || Authority.StartsWith("[::1]", StringComparison.Ordinal);

    /// <summary>Without a slash at the end.</summary>
    public override string ToString() => $"{Scheme}://{Authority}";

    /// <returns>Null: nothing was given.</returns>
    /// <exception cref="ProblemException">of kind Invalid.</exception>
    public static WebAddress? Checked(string? typed)
    {
        var text = typed?.Trim() ?? "";
        if (text.Length == 0)
        {
            return null;
        }

        if (text.Length > Longest || Shape().Match(text) is not { Success: true } parts)
        {
            throw Refused(Texts.BeginsHttpsOrHttp);
        }

        var secure = parts.Groups["scheme"].Value.Equals("https", StringComparison.OrdinalIgnoreCase);
        var port = parts.Groups["port"] is { Success: true } given ? int.Parse(given.Value, CultureInfo.InvariantCulture) : 0;
        var own = secure ? 443 : 80;
        return port <= IPEndPoint.MaxPort
            ? new(secure, Host(parts.Groups["host"].Value) + (port == 0 || port == own ? "" : $":{port}"))
            : throw Refused(Texts.PortNumberUp);
    }

    private static string Host(string typed)
    {
        if (typed[0] == '[')
        {
            return IPAddress.TryParse(typed[1..^1], out var six)
                && six is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
                && !six.Equals(IPAddress.IPv6Any) ? $"[{six}]"
                : throw Refused(Texts.TextInBracketsNot);
        }

        string name;
        if (typed[^1] == '.')
        {
            throw Refused(Texts.NameEndsDot);
        }

        try
        {
            name = new IdnMapping { UseStd3AsciiRules = true }.GetAscii(typed).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            throw Refused(Texts.NotComputerName(typed));
        }

        // Browsers read “2130706433” and “0x7f.1” as IP addresses: a name does not end with a number, and an address has four.
        if (Numeric().IsMatch(name))
        {
            return IPAddress.TryParse(name, out var four) && four.ToString() == name && !four.Equals(IPAddress.Any) ? name
                : throw Refused(Texts.NotIpAddressIn(typed));
        }

        return name;
    }

    private static ProblemException Refused(Text why) =>
        ProblemException.Invalid(Texts.CannotPublicAddress, why, Texts.WriteHttpsBackupExample);

    [GeneratedRegex(@"^(?<scheme>https?)://(?<host>\[[0-9a-f:.]+\]|[\p{L}\p{M}\p{Nd}.-]+)(:(?<port>[1-9][0-9]{0,4}))?/?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Shape();

    [GeneratedRegex(@"(^|\.)(0x[0-9a-f]*|[0-9]+)$")]
    private static partial Regex Numeric();
}
