using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Api;
using TimeLocker.Server.Data;
using Xunit;

namespace TimeLocker.Tests.Server.Api;

/// <summary>
/// A secret comes in with a request and is kept in the vault. Nothing that is answered or stored has a place for one.
/// </summary>
public sealed class SecretsStayInsideTests : IAsyncLifetime
{
    private DeskRig rig = null!;

    public async Task InitializeAsync() => rig = await DeskRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public void No_answer_of_the_API_has_a_place_for_a_secret()
    {
        var all = rig.Get<OperationMap>().All;
        all.Where(o => Holds(o.Handler.Method.ReturnType)).Select(o => o.Name).ShouldBeEmpty();
        all.Where(o => o.Handler.Method.GetParameters().Any(p => Holds(p.ParameterType))).Select(o => o.Name)
            .ShouldContain("users.create");
    }

    [Fact]
    public void No_column_of_the_database_has_a_place_for_a_secret()
    {
        using var db = rig.Get<IDbContextFactory<TimeLockerDb>>().CreateDbContext();
        db.Model.GetEntityTypes().SelectMany(t => t.GetProperties()).Where(p => Holds(p.ClrType))
            .Select(p => $"{p.DeclaringType.Name}.{p.Name}").ShouldBeEmpty();
    }

    private static bool Holds(Type type) => Holds(type, []);

    private static bool Holds(Type type, HashSet<Type> seen) => type == typeof(Secret) || (seen.Add(type) && (
        type.GetGenericArguments().Any(inner => Holds(inner, seen))
            || (type.GetElementType() is { } element && Holds(element, seen))
        || (type.Namespace?.StartsWith("TimeLocker", StringComparison.Ordinal) == true
            && type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Any(p => Holds(p.PropertyType, seen)))));
}
