using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Server.Api;

namespace TimeLocker.Server.Repositories;

public static class RepositoryOperations
{
    public sealed record NewName(string Name);

    public static void Map(OperationMap map)
    {
        map.Get("backends.list", "/backends", Role.Viewer, "The kinds of places a repository can be, with their fields, and whether this machine reaches such places.",
            async (BackendCatalog backends, CancellationToken ct) => new Page<BackendOffer>(await backends.ListAsync(null, ct), null));
        map.Post("backends.host-keys", "/backends/sftp/host-keys", Role.Admin, "The keys that an SSH server shows, with their fingerprints: compare one before you trust it.",
            async (BackendCatalog backends, SshServer server, Actor who, CancellationToken ct) => new Page<HostKey>(await backends.HostKeysAsync(server, who, ct), null));
        map.Post("backends.key-pair", "/backends/sftp/key-pair", Role.Admin, "Makes an SSH key pair. Its private key never leaves the server: “generated:ID” as privateKey takes it.",
            (BackendCatalog backends, Actor who) => backends.MakeKeyPair(who));
        map.Get("repositories.list", "/repositories", Role.Viewer, "All repositories.",
            async (RepositoryCatalog repositories, CancellationToken ct) => new Page<Repository>(await repositories.ListAsync(ct), null));
        map.Post("repositories.add", "/repositories", Role.Admin, "Creates a repository, or adopts an existing one.",
            (RepositoryCatalog repositories, NewRepository repository, Actor who, CancellationToken ct) => repositories.AddAsync(repository, who, ct), 201);
        map.Post("repositories.test", "/repositories/test", Role.Admin, "Reaches a place without changing anything there.",
            (RepositoryCatalog repositories, NewRepository repository, Actor who, CancellationToken ct) => repositories.TestAsync(repository, who, ct));
        map.Get("repositories.get", "/repositories/{id}", Role.Viewer, "One repository.",
            (RepositoryCatalog repositories, Guid id, CancellationToken ct) => repositories.GetAsync(id, ct));
        map.Put("repositories.update", "/repositories/{id}", Role.Admin, "Changes a repository in TimeLocker: its name, its region, how it is reached.",
            (RepositoryCatalog repositories, Guid id, RepositoryChange change, Actor who, CancellationToken ct) => repositories.UpdateAsync(id, change, who, ct));
        map.Post("repositories.test-again", "/repositories/{id}/test", Role.Operator, "Reaches a known repository without changing anything there, and remembers what was found.",
            (RepositoryCatalog repositories, Guid id, Actor who, CancellationToken ct) => repositories.TestAgainAsync(id, who, ct));
        map.Get("repositories.ssh-key", "/repositories/{id}/ssh-key", Role.Admin, "The public key with which an SFTP repository is reached.",
            (RepositoryCatalog repositories, Guid id, Actor who, CancellationToken ct) => repositories.SshKeyAsync(id, who, ct));
        map.Put("repositories.rename", "/repositories/{id}/name", Role.Admin, "Gives a repository another name.",
            (RepositoryCatalog repositories, Guid id, NewName name, Actor who, CancellationToken ct) => repositories.RenameAsync(id, name.Name, who, ct));
        map.Delete("repositories.remove", "/repositories/{id}", Role.Admin, "Forgets a repository; the repository itself stays as it is.",
            (RepositoryCatalog repositories, Guid id, Actor who, CancellationToken ct) => repositories.RemoveAsync(id, who, ct));
        map.Post("repositories.recovery-sheet", "/repositories/{id}/recovery-sheet", Role.Admin, "Shows address, password and plain restic commands. Audited.",
            (RepositoryCatalog repositories, Guid id, Actor who, CancellationToken ct) => repositories.RecoverySheetAsync(id, who, ct));
        map.Post("repositories.confirm-recovery", "/repositories/{id}/recovery-sheet/confirm", Role.Admin, "Says that the recovery sheet is kept in a safe place.",
            (RepositoryCatalog repositories, Guid id, Actor who, CancellationToken ct) => repositories.ConfirmRecoveryAsync(id, who, ct));
    }
}
