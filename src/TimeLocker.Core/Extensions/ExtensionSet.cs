namespace TimeLocker.Core.Extensions;

/// <summary>An extension in the list: itself, or its class, which is made with what it asks for when it is first needed.</summary>
/// <param name="Contract">What it is: <c>IRepositoryBackend</c>, <c>INoticeChannel</c>, <c>IEventTrigger</c> …</param>
public sealed record Registered(Type Contract, Type Class, IExtension? Instance);

/// <summary>The list of all extensions. Whoever needs some takes them from here: the server's container, a machine's agent, the tests.</summary>
public sealed class ExtensionSet
{
    private readonly List<Registered> all = [];

    public IReadOnlyList<Registered> All => all;

    public ExtensionSet Add<T>(T extension) where T : class, IExtension
    {
        all.Add(new(typeof(T), extension.GetType(), extension));
        return this;
    }

    /// <summary>One whose constructor asks for what the server has.</summary>
    public ExtensionSet Add<T, TExtension>() where T : class, IExtension where TExtension : class, T
    {
        all.Add(new(typeof(T), typeof(TExtension), null));
        return this;
    }

    /// <summary>Those of a kind that are there already: what the server has to make is not among them.</summary>
    public IReadOnlyList<T> Of<T>() where T : class, IExtension =>
        [.. all.Where(one => one.Contract == typeof(T)).Select(one => one.Instance).OfType<T>()];
}
