using TimeLocker.Core.Http;

namespace TimeLocker.Core.Extensions;

/// <summary>An extension in the list: itself, or its class, which the server makes when it is first needed.</summary>
/// <param name="Contract">What it is: <c>IRepositoryBackend</c>, <c>INoticeChannel</c>, <c>IEventTrigger</c> …</param>
public sealed record Registered(Type Contract, string Kind, Type Class, IExtension? Instance);

/// <summary>
/// The list of all extensions. Whoever needs some takes them from here: the server's container, a machine's agent, the
/// tests.
/// </summary>
public sealed class ExtensionSet(TimeProvider clock)
{
    private readonly List<Registered> all = [];

    public IReadOnlyList<Registered> All => all;

    /// <summary>For extensions that send something to an address that people typed.</summary>
    public OutgoingHttp Http { get; } = new();
    public TimeProvider Clock => clock;

    public ExtensionSet Add<T>(T extension) where T : class, IExtension
    {
        all.Add(new(typeof(T), extension.Kind, extension.GetType(), extension));
        return this;
    }

    /// <summary>One of TimeLocker's own that needs a part of the server.</summary>
    public ExtensionSet Add<T, TExtension>(string kind) where T : class, IExtension where TExtension : class, T
    {
        all.Add(new(typeof(T), kind, typeof(TExtension), null));
        return this;
    }

    /// <summary>Those of a kind that are there already: what the server has to make is not among them.</summary>
    public IReadOnlyList<T> Of<T>() where T : class, IExtension =>
        [.. all.Where(one => one.Contract == typeof(T)).Select(one => one.Instance).OfType<T>()];
}
