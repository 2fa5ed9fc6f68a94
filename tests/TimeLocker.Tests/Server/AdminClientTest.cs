using TimeLocker.Core;
using Xunit;

namespace TimeLocker.Tests.Server;

/// <summary>A server of its own for each test, and a client with the token of an Admin.</summary>
public abstract class AdminClientTest : IAsyncLifetime
{
    protected DeskRig Rig { get; private set; } = null!;
    protected HttpClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Rig = await DeskRig.StartAsync();
        Client = await Rig.ClientAsync(Role.Admin);
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await Rig.DisposeAsync();
    }
}
