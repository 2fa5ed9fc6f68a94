using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Core.Extensions;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Identity;

namespace TimeLocker.Server;

/// <summary>
/// The desks that the owner of a state directory may use without a server: accounts and tokens. Works beside a running
/// one.
/// </summary>
public static class OfflineDesks
{
    /// <param name="create">Whether a missing state directory is made: a headless first start.</param>
    public static async Task<ServiceProvider> OpenAsync(ServerOptions options, ExtensionSet extensions, bool create,
        CancellationToken ct)
    {
        var installation = await StateDirectory.OpenAsync(
            DataSetup.Factory(options.DatabaseFile), options, create, TimeProvider.System, ct,
            () => ServerLock.TakeToMigrate(options.Data));
        return new ServiceCollection()
            .AddLogging()
            .AddSingleton(options)
            .AddSingleton(installation)
            .AddSingleton(TimeProvider.System)
            .AddSingleton<AuditLog>()
            .AddExtensions(extensions)
            .AddTimeLockerData(options.DatabaseFile)
            .AddTimeLockerIdentity(options)
            .BuildServiceProvider();
    }
}
