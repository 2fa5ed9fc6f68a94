using TimeLocker.Core;

namespace TimeLocker.Server.Plugins;

/// <summary>How a plugin stands.</summary>
public enum PluginState
{
    /// <summary>It lies in the folder, and nobody has allowed it.</summary>
    Off,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It is allowed, and begins with the next start of the server.</summary>
    Waiting,

    /// <summary>It runs still, and does not begin again: it is not allowed any more.</summary>
    Ending,

    /// <summary>Its files are not those that were allowed.</summary>
    Changed,

    /// <summary>It is allowed, and does not work.</summary>
    Faulty,

    /// <summary>It is allowed, and is not in the folder.</summary>
    Gone,

    /// <summary>It is not looked at: others could change it, or it is no plugin.</summary>
    Refused,
}

/// <summary>Something that a plugin adds.</summary>
/// <param name="What">backend, channel or event.</param>
public sealed record PluginPart(string What, string Kind, Text Title)
{
    internal Text Spoken => Texts.PartKind(What);
}

/// <summary>A plugin, and how it stands.</summary>
/// <param name="Hash">Of its files as they are now: what an Admin allows. Empty: they are not there, or were not read.</param>
/// <param name="AllowedHash">What an Admin has allowed; null: nothing.</param>
/// <param name="Adds">Known while it runs.</param>
public sealed record PluginFacts(string Name, PluginState State, string Hash, string? AllowedHash,
    IReadOnlyList<PluginPart> Adds, Problem? Problem)
{
    /// <summary>The next start of the server changes something about it.</summary>
    public bool Pending { get; init; }
}

/// <summary>All plugins, and their folder.</summary>
/// <param name="Folder">Null: the server was started without plugins.</param>
/// <param name="Problem">Why the folder cannot be used.</param>
public sealed record PluginList(string? Folder, Problem? Problem, IReadOnlyList<PluginFacts> Items);

/// <summary>What an Admin allows: these files, and no others under this name.</summary>
/// <param name="Hash">As the list shows it.</param>
public sealed record PluginAllowance(string? Name, string? Hash);
