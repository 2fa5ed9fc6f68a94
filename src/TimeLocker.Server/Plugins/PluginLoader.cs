using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Triggers;

namespace TimeLocker.Server.Plugins;

/// <summary>
/// Loads plugins into the list: all of a plugin or nothing. Whatever goes wrong in one is said of it, and goes no
/// further.
/// </summary>
internal sealed class PluginLoader(ExtensionSet extensions)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [SuppressMessage("Design", "CA1031", Justification = "A plugin may throw anything.")]
    public async Task<LoadedPlugin> LoadAsync(PluginFiles plugin, CancellationToken ct)
    {
        try
        {
            var parts = await Task.Run(() => Make(plugin), ct).WaitAsync(Patience, ct);
            parts.ForEach(part => part.Add(extensions));
            return new(plugin.Name, plugin.Hash, [.. parts.Select(part => part.Told)], null);
        }
        catch (ProblemException refused)
        {
            return new(plugin.Name, plugin.Hash, [], refused.Problem) { Fault = refused };
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            var inner = fault is TargetInvocationException { InnerException: { } thrown } ? thrown : fault;
            return new(plugin.Name, plugin.Hash, [], Broken(plugin, inner)) { Fault = inner };
        }
    }

    private static Problem Broken(PluginFiles plugin, Exception fault) => new(
        Texts.PluginDoesNotRun(plugin.Name),
        fault is TimeoutException ? Texts.DidNotRegisterWithin
            : ((fault as FileLoadException)?.FileName ?? (fault as FileNotFoundException)?.FileName) is { } missing
            ? Texts.NeedsWhichDoesNot(missing.AsForeign())
            : Texts.ProbablyBuiltAnotherVersion(fault is TypeLoadException or MissingMemberException
                or BadImageFormatException or ReflectionTypeLoadException, fault.GetType().Name,
                fault.Message.Split('\n')[0].AsForeign()),
        Texts.AskAuthorEverythingElse);

    private List<Part> Make(PluginFiles plugin)
    {
        var found = new PluginContext(plugin).LoadMain().GetExportedTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IPlugin)))
            .ToList();
        if (found.Count != 1)
        {
            throw Refused(plugin, Texts.NotOneClass(found.Count == 0 ? "none" : "several"));
        }

        var added = new ExtensionSet(extensions.Clock);
        ((IPlugin)Activator.CreateInstance(found[0])!).Register(added);
        return added.All.Count == 0 ? throw Refused(plugin, Texts.AddsNothing)
            : [.. added.All.Select(one => Checked(plugin, one, added))];
    }

    private Part Checked(PluginFiles plugin, Registered one, ExtensionSet added)
    {
        var part = one.Instance switch
        {
            null => throw Refused(plugin, Texts.AddedAsClass(one.Kind)),
            IRepositoryBackend backend when one.Contract == typeof(IRepositoryBackend) =>
                Of<IRepositoryBackend>("backend", new GuardedBackend(plugin.Name, backend)),
            INoticeChannel channel when one.Contract == typeof(INoticeChannel) => Of<INoticeChannel>("channel",
                new GuardedChannel(plugin.Name, channel)),
            IMachineTrigger trigger when one.Contract == typeof(IMachineTrigger) => Of<IMachineTrigger>("event",
                new GuardedMachineTrigger(plugin.Name, trigger)),
            IEventTrigger trigger when one.Contract == typeof(IEventTrigger) => Of<IEventTrigger>("event",
                new GuardedTrigger(plugin.Name, trigger)),
            _ => throw Refused(plugin, Texts.AddedByNoPlugin(one.Kind, one.Contract.Name)),
        };
        if (ExtensionRules.Broken(part.Extension) is { Count: > 0 } broken)
        {
            throw Refused(plugin, Texts.BreaksRule(part.Told.Spoken, one.Kind, broken[0]));
        }

        return extensions.All.Concat(added.All.TakeWhile(other => other != one))
            .Any(other => other.Kind == one.Kind && Word(other.Contract) == Word(one.Contract))
            ? throw Refused(plugin, Texts.AddedAlready(part.Told.Spoken, one.Kind))
            : part;
    }

    // A machine's event and one of the server stand in the same list of a plan.
    private static Type Word(Type contract) => contract == typeof(IMachineTrigger) ? typeof(IEventTrigger) : contract;

    private static Part Of<T>(string what, T extension) where T : class, IExtension =>
        new(new(what, extension.Kind, extension.Title), extension, set => set.Add(extension));

    private static ProblemException Refused(PluginFiles plugin, Text why) => new(ProblemKind.Upstream,
        new Problem(Texts.PluginDoesNotRun(plugin.Name), why, Texts.AskAuthorEverythingElse));

    private sealed record Part(PluginPart Told, IExtension Extension, Action<ExtensionSet> Add);
}
