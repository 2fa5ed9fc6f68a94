using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Server.Repositories;

public static class RepositoryText
{
    /// <summary>The address as restic knows it, or the kind of backend where it cannot be said.</summary>
    public static string Place(Repository repository, IEnumerable<IRepositoryBackend> backends) =>
        Location(repository, backends) ?? repository.Backend;

    /// <summary>Null: it cannot be said now, such as where a plugin is missing.</summary>
    internal static string? Location(Repository repository, IEnumerable<IRepositoryBackend> backends)
    {
        try
        {
            return backends.FirstOrDefault(b => b.Kind == repository.Backend)?.Target(new FieldValues(repository.Values)).Location;
        }
        catch (ProblemException)
        {
            return null;
        }
    }
}
