using System.Net;
using System.Net.Sockets;

namespace TimeLocker.Core.Http;

/// <summary>
/// Which addresses may be asked: an address that people typed must not become a way into the networks that this machine
/// sees.
/// </summary>
public static class OutgoingAddress
{
    private static readonly IPNetwork[] Own = Networks("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
        "100.64.0.0/10", "::1/128", "fc00::/7");

    // Nobody's server: link-local (a cloud's keys are at 169.254.169.254), "this host", multicast, reserved, and ways
    // to hide another address in one of IPv6.
    private static readonly IPNetwork[] Never = Networks("0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/128", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32", "2002::/16",
        "fe80::/10", "fec0::/10", "ff00::/8");

    public static bool IsPublic(IPAddress address) => IsPublicOrOwn(address) && !In(Own, Plain(address));

    public static bool IsPublicOrOwn(IPAddress address) => In(Own, Plain(address)) || !In(Never, Plain(address));

    private static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
            : address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0
            ? new IPAddress(address.GetAddressBytes()) : address;

    private static bool In(IPNetwork[] networks, IPAddress address) =>
        networks.Any(n => n.BaseAddress.AddressFamily == address.AddressFamily && n.Contains(address));

    private static IPNetwork[] Networks(params string[] all) => [.. all.Select(IPNetwork.Parse)];
}
