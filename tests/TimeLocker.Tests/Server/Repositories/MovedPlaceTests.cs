using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Secrets;
using TimeLocker.Tests.Core.Repositories;
using Xunit;

namespace TimeLocker.Tests.Server.Repositories;

/// <summary>Whoever may change an address must not get what is kept secret sent to a server of their own.</summary>
public sealed class MovedPlaceTests : IAsyncLifetime
{
    private DeskRig rig = null!;

    public async Task InitializeAsync() => rig = await DeskRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task What_is_kept_secret_is_not_sent_to_another_server_by_any_kind_of_place()
    {
        var place = await rig.RepositoryAsync();
        var seen = 0;
        foreach (var backend in BackendExamples.All)
        {
            var full = BackendExamples.Full(backend);
            var secrets = backend.Fields.Where(f => f.Type == FieldType.Secret).Select(f => f.Name).ToList();
            await rig.Get<AuditLog>().ChangeAsync(Actor.System, "test.planted", async (db, _) =>
            {
                var row = await db.Repositories.SingleAsync();
                row.Values.Clear();
                full.Where(v => !secrets.Contains(v.Key)).ToList().ForEach(v => row.Values[v.Key] = v.Value);
                await db.Repositories.ExecuteUpdateAsync(r => r.SetProperty(x => x.Backend, backend.Kind));
                foreach (var secret in secrets)
                {
                    await rig.Get<SecretVault>().SaveAsync(db, $"repository:{place.Id:N}", $"backend.{secret}", new(full[secret]));
                }
            });
            foreach (var field in backend.Fields.Where(f => f.Place))
            {
                var moved = new Dictionary<string,
                    string>
                {
                    [field.Name] = field.Type == FieldType.Number ? "4711"
                        : $"{full[field.Name].TrimEnd('/')}x"
                };
                var refused =
                    await Should.ThrowAsync<ProblemException>(() => rig.Get<RepositoryChanges>().UpdateAsync(place.Id,
                        new() { Values = moved }, DeskRig.Admin));
                (refused.Kind,
                    refused.Problem.What.Full.EndsWith("has to be entered again.",
                        StringComparison.Ordinal)).ShouldBe((ProblemKind.Invalid, true),
                        $"{backend.Kind}.{field.Name}: {refused.Problem}");
                seen++;
            }
        }

        seen.ShouldBeGreaterThan(4);
    }
}
