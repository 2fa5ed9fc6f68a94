using TimeLocker.Core.Extensions;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Server.Repositories;

public static class RepositoryText
{
    /// <summary>The address as restic knows it, or the kind of backend where it cannot be said.</summary>
    public static string Place(Repository repository, IEnumerable<IRepositoryBackend> backends)
    {
        var backend = backends.FirstOrDefault(b => b.Kind == repository.Backend);
        return backend?.Target(new FieldValues(repository.Values)).Location ?? repository.Backend;
    }
}
