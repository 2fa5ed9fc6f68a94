using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace TimeLocker.Server.Shell;

public static class ShellSetup
{
    public static IServiceCollection AddShell(this IServiceCollection services)
    {
        services.AddCascadingAuthenticationState();
        services.AddSingleton<CommandList>();

        // A dashboard is cheap to draw again, so closed tabs are not kept for long.
        services.AddRazorComponents().AddInteractiveServerComponents(circuit =>
        {
            circuit.DisconnectedCircuitRetentionPeriod = TimeSpan.FromSeconds(45);
            circuit.DisconnectedCircuitMaxRetained = 50;
        });
        return services;
    }

    public static void MapShell(this IEndpointRouteBuilder app) =>
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
}
