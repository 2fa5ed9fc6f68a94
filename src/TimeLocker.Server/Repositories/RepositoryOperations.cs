using Microsoft.AspNetCore.Http;
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
        map.Get("backends.list", "/backends", Role.Viewer, "The kinds of places a repository can be, with their fields.",
            (RepositoryCatalog repositories) => new Page<object>([.. repositories.Backends.Select(b => new { b.Kind, b.Title, b.Fields })], null));
        map.Get("repositories.list", "/repositories", Role.Viewer, "All repositories.",
            async (RepositoryCatalog repositories, CancellationToken ct) => new Page<Repository>(await repositories.ListAsync(ct), null));
        map.Post("repositories.add", "/repositories", Role.Admin, "Creates a repository, or adopts an existing one.",
            (RepositoryCatalog repositories, NewRepository repository, Actor who, CancellationToken ct) => repositories.AddAsync(repository, who, ct), 201);
        map.Post("repositories.test", "/repositories/test", Role.Admin, "Reaches a place without changing anything there.",
            (RepositoryCatalog repositories, NewRepository repository, Actor who, CancellationToken ct) => repositories.TestAsync(repository, who, ct));
        map.Get("repositories.get", "/repositories/{id}", Role.Viewer, "One repository.",
            (RepositoryCatalog repositories, Guid id, CancellationToken ct) => repositories.GetAsync(id, ct));
        map.Put("repositories.rename", "/repositories/{id}/name", Role.Admin, "Gives a repository another name.",
            (RepositoryCatalog repositories, Guid id, NewName name, Actor who, CancellationToken ct) => repositories.RenameAsync(id, name.Name, who, ct));
        map.Delete("repositories.remove", "/repositories/{id}", Role.Admin, "Forgets a repository; the repository itself stays as it is.",
            (RepositoryCatalog repositories, Guid id, Actor who, CancellationToken ct) => repositories.RemoveAsync(id, who, ct));
        SecretsOf(map);
    }

    private static void SecretsOf(OperationMap map)
    {
        map.Post("repositories.recovery-kit", "/repositories/{id}/recovery-kit", Role.Admin, "Address, password and plain restic commands. Audited.",
            (RecoveryDesk kits, Guid id, Actor who, CancellationToken ct) => kits.KitAsync(id, who, ct));
        map.Stream("repositories.download-kit", "/repositories/{id}/recovery-kit", Role.Admin, "The recovery kit as a file: format=pdf (or text, json). Audited.",
            async (RecoveryDesk kits, Guid id, string? format, Actor who, CancellationToken ct) => File(kits, [await kits.KitAsync(id, who, ct)], format));
        map.Post("repositories.recovery-kits", "/recovery-kit", Role.Admin, "The recovery kits of all repositories. Audited.",
            async (RecoveryDesk kits, Actor who, CancellationToken ct) => new Page<RecoveryKit>(await kits.AllAsync(who, ct), null));
        map.Stream("repositories.download-kits", "/recovery-kit", Role.Admin, "The recovery kits of all repositories in one file: format=pdf (or text, json). Audited.",
            async (RecoveryDesk kits, string? format, Actor who, CancellationToken ct) => File(kits, await kits.AllAsync(who, ct), format));
        map.Post("repositories.test-kit", "/repositories/{id}/recovery-kit/test", Role.Admin, "Opens the repository with what was typed from its kit; success confirms the kit.",
            (RecoveryDesk kits, Guid id, KitTest typed, Actor who, CancellationToken ct) => kits.TestAsync(id, typed, who, ct));
        map.Get("keys.list", "/repositories/{id}/keys", Role.Admin, "The keys that open a repository.",
            async (RepositoryKeys keys, Guid id, Actor who, CancellationToken ct) => new Page<RepositoryKey>(await keys.ListAsync(id, who, ct), null));
        map.Post("keys.add", "/repositories/{id}/keys", Role.Admin, "Adds a key with a password of its own, which is answered this once.",
            (RepositoryKeys keys, Guid id, NewKey wanted, Actor who, CancellationToken ct) => keys.AddAsync(id, wanted, who, ct), 201);
        map.Delete("keys.remove", "/repositories/{id}/keys/{key}", Role.Admin, "Removes a key; never the one that TimeLocker uses.",
            (RepositoryKeys keys, Guid id, string key, Actor who, CancellationToken ct) => keys.RemoveAsync(id, key, who, ct));
        map.Post("repositories.password", "/repositories/{id}/password", Role.Admin, "Changes the repository's password; its recovery kit has to be kept anew.",
            (PasswordChange change, Guid id, NewPassword wanted, Actor who, CancellationToken ct) => change.ChangeAsync(id, wanted, who, ct));
    }

    private static IResult File(RecoveryDesk kits, IReadOnlyList<RecoveryKit> wanted, string? format) => format switch
    {
        "json" => Results.Json(new Page<RecoveryKit>(wanted, null), ApiJson.Options),
        "text" => Results.Text(string.Join('\n', wanted.Select(k => k.Text))),
        null or "pdf" => Results.File(kits.Pdf(wanted), "application/pdf", "timelocker-recovery-kit.pdf"),
        _ => throw ProblemException.Invalid($"There is no format “{format}”.", "A recovery kit comes as pdf, text or json.", "Choose one of them."),
    };
}
