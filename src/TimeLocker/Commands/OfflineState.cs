using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Server;

namespace TimeLocker.Commands;

/// <summary>The state directory without a server, for the commands about accounts and tokens.</summary>
internal static class OfflineState
{
    public static Task<ServiceProvider> OpenAsync(ParseResult parsed, CancellationToken ct, bool create = false)
    {
        var options = CommandFrame.Options(parsed);
        RunningServer.Has(options.Data, options.DatabaseFile); // says so where nobody may look
        return OfflineDesks.OpenAsync(options, BuiltInExtensions.Of(options, TimeProvider.System), create, ct);
    }
}
