using Microsoft.AspNetCore.Http;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Server.Api;

namespace TimeLocker.Server.Repositories;

public static class RepositoryOperations
{
    private static readonly string[] Kits = ["application/pdf", "text/plain", "application/json"];

    /// <summary>Another name.</summary>
    public sealed record NewName(string Name, int? Revision = null);

    /// <summary>All that happens to a repository by itself.</summary>
    public sealed record NewMaintenance(IReadOnlyList<MaintenanceSchedule> MaintenanceSchedules, int? Revision = null);

    /// <summary>How a machine uses a repository.</summary>
    /// <param name="Home">It looks after it from now on.</param>
    public sealed record NewReach(bool Home = false, int? Revision = null);

    public static void Map(OperationMap map)
    {
        map.Get("backends.list", "/backends", Role.Viewer,
            "The kinds of places a repository can be, with their fields, and whether this machine reaches such places.",
            async (BackendCatalog backends,
                CancellationToken ct) => new Page<BackendOffer>(await backends.ListAsync(null, ct), null));
        map.Post("backends.host-keys", "/backends/sftp/host-keys", Role.Admin,
            "The keys that an SSH server shows, with their fingerprints: compare one before you trust it.",
            async (BackendCatalog backends, SshServer server, Actor who,
                CancellationToken ct) => new Page<HostKey>(await backends.HostKeysAsync(server, who, ct), null));
        map.Post("backends.key-pair", "/backends/sftp/key-pair", Role.Admin,
            "Makes an SSH key pair. Its private key never leaves the server: “generated:ID” as privateKey takes it.",
            (BackendCatalog backends, Actor who) => backends.MakeKeyPair(who));
        map.Get("repositories.list", "/repositories", Role.Viewer, "All repositories.",
            async (RepositoryCatalog repositories,
                CancellationToken ct) => new Page<Repository>(await repositories.ListAsync(ct), null));
        map.Post("repositories.add", "/repositories", Role.Admin, "Creates a repository, or adopts an existing one.",
            (NewRepositories repositories, NewRepository repository, Actor who,
                CancellationToken ct) => repositories.AddAsync(repository, who, ct), 201);
        map.Post("repositories.test", "/repositories/test", Role.Admin, "Reaches a place without changing anything there.",
            (NewRepositories repositories, NewRepository repository, Actor who,
                CancellationToken ct) => repositories.TestAsync(repository, who, ct));
        map.Get("repositories.get", "/repositories/{id}", Role.Viewer, "One repository.",
            (RepositoryCatalog repositories, Guid id, CancellationToken ct) => repositories.GetAsync(id, ct));
        map.Put("repositories.update", "/repositories/{id}", Role.Admin,
            "Changes a repository's name, region, limits or the way it is reached; what is left out stays.",
            (RepositoryChanges repositories, Guid id, RepositoryChange change, Actor who,
                CancellationToken ct) => repositories.UpdateAsync(id, change, who.Having(change.Revision), ct));
        map.Post("repositories.test-again", "/repositories/{id}/test", Role.Operator,
            "Reaches a known repository without changing anything there, and remembers what was found.",
            (RepositoryChanges repositories, Guid id, Actor who, CancellationToken ct) => repositories.TestAgainAsync(id, who, ct));
        map.Get("repositories.ssh-key", "/repositories/{id}/ssh-key", Role.Admin,
            "The public key with which an SFTP repository is reached.",
            (RepositoryChanges repositories, Guid id, Actor who, CancellationToken ct) => repositories.SshKeyAsync(id, who, ct));
        map.Put("repositories.rename", "/repositories/{id}/name", Role.Admin, "Gives a repository another name.",
            (RepositoryChanges repositories, Guid id, NewName wanted, Actor who,
                CancellationToken ct) => repositories.UpdateAsync(id, new() { Name = wanted.Name },
                who.Having(wanted.Revision), ct));
        map.Put("repositories.maintenance", "/repositories/{id}/maintenance", Role.Admin,
            "Sets what happens to a repository by itself: checks, prunes, copies, sizes; takes the list as a whole,"
                + " with the revision that it was made from.",
            (RepositoryCatalog repositories, Guid id, NewMaintenance wanted, Actor who,
                CancellationToken ct) => repositories.SetMaintenanceAsync(id, wanted.MaintenanceSchedules,
                who.MustHaveSeen(Role.Admin, wanted.Revision), ct));
        map.Get("repositories.locks", "/repositories/{id}/locks", Role.Viewer, "Who holds a repository now, and since when.",
            async (RepositoryChanges repositories, Guid id, Actor who,
                CancellationToken ct) => new Page<RepositoryLock>(await repositories.LocksAsync(id, who, ct), null));
        map.Get("repositories.growth", "/repositories/{id}/growth", Role.Viewer,
            "How large a repository was at the end of each day.",
            async (RepositoryCatalog repositories, Guid id, int? days,
                CancellationToken ct) => new Page<RepositoryDay>(await repositories.GrowthAsync(id, days ?? 90, ct),
                null));
        map.Delete("repositories.remove", "/repositories/{id}", Role.Admin,
            "Forgets a repository; the repository itself stays as it is.",
            (RepositoryCatalog repositories, Guid id, int? revision, Actor who,
                CancellationToken ct) => repositories.RemoveAsync(id, who.Having(revision), ct));
        MachinesOf(map);
        SecretsOf(map);
    }

    private static void MachinesOf(OperationMap map)
    {
        map.Get("repositories.machines", "/repositories/{id}/machines", Role.Viewer,
            "The machines that reach a repository; the one that looks after it comes first.",
            async (RepositoryMachines machines, Guid id,
                CancellationToken ct) => new Page<ReachingMachine>(await machines.ListAsync(id, ct), null));
        map.Put("repositories.allow-machine", "/repositories/{id}/machines/{machine}", Role.Admin,
            "Allows a machine to use a repository, which it must reach; with home it looks after it from now on.",
            async (RepositoryMachines machines, Guid id, Guid machine, NewReach wanted, Actor who, CancellationToken ct) =>
                new Page<ReachingMachine>(await machines.AllowAsync(id, machine, wanted.Home,
                    who.Having(wanted.Revision), ct), null));
        map.Delete("repositories.withdraw-machine", "/repositories/{id}/machines/{machine}", Role.Admin,
            "Takes a repository away from a machine of which no plan uses it.",
            (RepositoryMachines machines, Guid id, Guid machine, int? revision, Actor who, CancellationToken ct) =>
                machines.WithdrawAsync(id, machine, who.Having(revision), ct));
    }

    private static void SecretsOf(OperationMap map)
    {
        map.Post("repositories.recovery-kit", "/repositories/{id}/recovery-kit", Role.Admin,
            "Address, password and plain restic commands. Audited.",
            (RecoveryDesk kits, Guid id, Actor who, CancellationToken ct) => kits.KitAsync(id, who, ct));
        map.Stream("repositories.download-kit", "/repositories/{id}/recovery-kit", Role.Admin,
            "The recovery kit as a file: format=pdf (or text, json). Audited.",
            async (RecoveryDesk kits, Guid id, string? format, Actor who, CancellationToken ct) =>
                File(kits, Known(format), [await kits.KitAsync(id, who, ct)]), Kits);
        map.Post("repositories.recovery-kits", "/recovery-kit", Role.Admin, "The recovery kits of all repositories. Audited.",
            async (RecoveryDesk kits, Actor who,
                CancellationToken ct) => new Page<RecoveryKit>(await kits.AllAsync(who, ct), null));
        map.Stream("repositories.download-kits", "/recovery-kit", Role.Admin,
            "The recovery kits of all repositories in one file: format=pdf (or text, json). Audited.",
            async (RecoveryDesk kits, string? format, Actor who, CancellationToken ct) => File(kits, Known(format),
                await kits.AllAsync(who, ct)), Kits);
        map.Post("repositories.test-kit", "/repositories/{id}/recovery-kit/test", Role.Admin,
            "Opens the repository with what was typed from its kit; success confirms the kit.",
            (RecoveryDesk kits, Guid id, RecoveryKitTest typed, Actor who, CancellationToken ct) => kits.TestAsync(id,
                typed, who, ct));
        map.Get("keys.list", "/repositories/{id}/keys", Role.Admin, "The keys that open a repository.",
            async (RepositoryKeys keys, Guid id, Actor who,
                CancellationToken ct) => new Page<RepositoryKey>(await keys.ListAsync(id, who, ct), null));
        map.Post("keys.add", "/repositories/{id}/keys", Role.Admin,
            "Adds a key with a password of its own, which is answered this once; with copies: the same key to the repository's copies.",
            (RepositoryKeys keys, Guid id, NewKey wanted, Actor who, CancellationToken ct) => keys.AddAsync(id, wanted,
                who, ct), 201);
        map.Delete("keys.remove", "/repositories/{id}/keys/{key}", Role.Admin, "Removes a key; never the one that TimeLocker uses.",
            (RepositoryKeys keys, Guid id, string key, Actor who, CancellationToken ct) => keys.RemoveAsync(id, key, who, ct));
        map.Post("repositories.password", "/repositories/{id}/password", Role.Admin,
            "Changes the repository's password; its recovery kit has to be kept anew.",
            (PasswordChange change, Guid id, NewPassword wanted, Actor who,
                CancellationToken ct) => change.ChangeAsync(id, wanted, who, ct));
    }

    // Asked before the kit is read, which is audited.
    private static string Known(string? format) => format switch
    {
        null => "pdf",
        "pdf" or "text" or "json" => format,
        _ => throw ProblemException.Invalid(Problems.NoFormatRecoveryKit(format)),
    };

    private static IResult File(RecoveryDesk kits, string format, IReadOnlyList<RecoveryKit> wanted) => format switch
    {
        "json" => Results.Json(new Page<RecoveryKit>(wanted, null), ApiJson.Options),
        "text" => Results.Text(string.Join('\n', wanted.Select(k => k.Text))),
        _ => Results.File(kits.Pdf(wanted), "application/pdf", "timelocker-recovery-kit.pdf"),
    };
}
