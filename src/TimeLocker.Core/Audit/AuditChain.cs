using System.Security.Cryptography;
using System.Text;

namespace TimeLocker.Core.Audit;

/// <summary>
/// The hashes of the audit trail: a linear chain (each body holds the leaf before it) under an RFC 6962 Merkle tree.
/// </summary>
public static class AuditChain
{
    /// <summary>What the first entry names as the leaf before it.</summary>
    public static string Genesis { get; } = new('0', 64);

    public static string Leaf(string body) => Hash([0], Encoding.UTF8.GetBytes(body));

    public static string Node(string left, string right) => Hash([1], Convert.FromHexString(left), Convert.FromHexString(right));

    private static string Hash(params ReadOnlySpan<byte[]> parts)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            sha.AppendData(part);
        }

        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }
}

/// <summary>
/// The right edge of the Merkle tree: the roots of its perfect subtrees, largest first. All that is needed to append.
/// </summary>
public sealed record AuditFrontier(long Size, IReadOnlyList<string> Nodes)
{
    public static AuditFrontier Empty { get; } = new(0, []);

    public AuditFrontier Append(string leaf)
    {
        var nodes = Nodes.Append(leaf).ToList();
        for (var size = Size; (size & 1) == 1; size >>= 1)
        {
            nodes[^2] = AuditChain.Node(nodes[^2], nodes[^1]);
            nodes.RemoveAt(nodes.Count - 1);
        }

        return new(Size + 1, nodes);
    }

    /// <summary>The tree's root, or null when it is empty.</summary>
    public string? Root => Nodes.Count == 0 ? null : Nodes.Reverse().Aggregate((right, left) => AuditChain.Node(left, right));
}
