namespace TimeLocker.Core.Extensions;

/// <summary>
/// An assembly of its own that adds extensions. It has one public class that is this, with a constructor that asks for
/// nothing.
/// </summary>
public interface IPlugin
{
    /// <summary>
    /// Adds what the plugin has: <c>IRepositoryBackend</c>, <c>INoticeChannel</c>, <c>IEventTrigger</c>,
    /// <c>IMachineTrigger</c>. Called once, at the start of the server; whatever it throws stops the plugin and nothing else.
    /// </summary>
    /// <param name="set">Empty; its clock and its way out over HTTP are for what is added.</param>
    void Register(ExtensionSet set);
}
