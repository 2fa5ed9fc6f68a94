using System.Text.Json.Nodes;
using TimeLocker.Core;

namespace TimeLocker;

/// <summary>What a running server leaves in its state directory for its owner: where it listens, and the owner's right.</summary>
internal sealed record RunningServer(string Address, string Token)
{
    public static string NoteOf(string data) => Path.Combine(data, "server.json");

    /// <returns>Null: none runs there.</returns>
    /// <exception cref="ProblemException">It cannot be known: the directory is somebody else's.</exception>
    public static RunningServer? Of(string data)
    {
        try
        {
            var said = JsonNode.Parse(File.ReadAllText(NoteOf(data)))!;
            return new(said["address"]!.ToString(), said["token"]!.ToString());
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw NotYours(data, e);
        }
    }

    /// <summary>
    /// A state directory is its owner's alone; that nothing can be seen in it does not mean that nothing is there.
    /// </summary>
    public static ProblemException NotYours(string data, Exception? cause = null) =>
        new(ProblemKind.Forbidden, Problems.StateDirectoryMayNot(data, Environment.UserName), cause);

    /// <summary>Whether a file is there; <see cref="File.Exists"/> says no as well where nobody may look.</summary>
    public static bool Has(string data, string file)
    {
        try
        {
            File.GetAttributes(file);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (UnauthorizedAccessException e)
        {
            throw NotYours(data, e);
        }
    }

    /// <summary>Whether two addresses mean the same server: on this machine it has more than one name.</summary>
    public static bool IsSame(string one, string other)
    {
        var (a, b) = (new Uri(one), new Uri(other));
        return a.Scheme == b.Scheme
            && a.Port == b.Port
            && (string.Equals(a.Host, b.Host, StringComparison.OrdinalIgnoreCase) || (a.IsLoopback && b.IsLoopback));
    }
}
