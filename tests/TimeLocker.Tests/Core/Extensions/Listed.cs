using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Core.Extensions;
using TimeLocker.Server;
using TimeLocker.Server.Data;
using TimeLocker.Server.Runs;

namespace TimeLocker.Tests.Core.Extensions;

/// <summary>The list of extensions as the tests take it: what the server makes is made here, with no server beside it.</summary>
internal static class Listed
{
    public static ExtensionSet All { get; } = BuiltInExtensions.Of(new() { Data = "/" }, TimeProvider.System);

    private static readonly IServiceProvider Made = new ServiceCollection()
        .AddExtensions(All)
        .AddSingleton<RunFeed>()
        .AddSingleton(TimeProvider.System)
        .AddTimeLockerData(Path.Combine(Path.GetTempPath(), "tl-no-database"))
        .BuildServiceProvider();

    public static IReadOnlyList<T> Of<T>() where T : class, IExtension => [.. Made.GetServices<T>()];

    /// <summary>All of them, whatever they are.</summary>
    public static IEnumerable<(Type Contract, IExtension Extension)> Everything =>
        All.All.Select(one => one.Contract).Distinct()
            .SelectMany(contract => Made.GetServices(contract).Select(e => (contract, (IExtension)e!)));
}
