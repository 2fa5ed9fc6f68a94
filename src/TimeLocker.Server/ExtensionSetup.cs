using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Core.Extensions;

namespace TimeLocker.Server;

public static class ExtensionSetup
{
    /// <summary>What is in the list, for whoever asks for all of a kind. The server makes those that need a part of it.</summary>
    public static IServiceCollection AddExtensions(this IServiceCollection services, ExtensionSet extensions)
    {
        foreach (var one in extensions.All)
        {
            services.Add(one.Instance is { } instance
                ? ServiceDescriptor.Singleton(one.Contract, _ => instance) // by a factory: the container ends what it has made
                : ServiceDescriptor.Singleton(one.Contract, one.Class));
        }

        return services.AddSingleton(extensions);
    }
}
