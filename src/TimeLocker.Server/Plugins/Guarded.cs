using System.Diagnostics.CodeAnalysis;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Triggers;

namespace TimeLocker.Server.Plugins;

/// <summary>
/// Stands before what a plugin adds: what it says of itself is read once, and a fault of it becomes a problem that
/// names the plugin. Lists and forms of everything else go on.
/// </summary>
internal abstract class Guarded(string plugin, IExtension inner) : IExtension
{
    public string Kind { get; } = inner.Kind;
    public Text Title { get; } = inner.Title;
    public IReadOnlyList<Field> Fields { get; } = [.. inner.Fields.Select(field => field.Rule is { } rule
        ? field with { Rule = value => Guard(plugin, rule, value) } : field)];

    protected string Plugin => plugin;

    /// <param name="values">Whose secrets the plugin may have put into its words.</param>
    [SuppressMessage("Design", "CA1031", Justification = "A plugin may throw anything.")]
    protected T Try<T>(Func<T> ask, FieldValues values)
    {
        try
        {
            return ask();
        }
        catch (ProblemException said)
        {
            throw new ProblemException(said.Kind, said.Problem.Map(text => Hidden(text, values)));
        }
        catch (Exception fault)
        {
            throw Fault(fault);
        }
    }

    // Of a fault its kind alone is said: its words may hold what is secret.
    protected ProblemException Fault(Exception fault) => new(ProblemKind.Upstream,
        Problems.DoesNotWorkPlugin(Title, plugin, fault.GetType().Name), fault);

    private string Hidden(string text, FieldValues values) =>
        Fields.Where(f => f.Type == FieldType.Secret && values[f.Name].Length > 3).Aggregate(text,
            (said, f) => said.Replace(values[f.Name], "•••", StringComparison.Ordinal));

    [SuppressMessage("Design", "CA1031", Justification = "A plugin may throw anything.")]
    private static Text? Guard(string plugin, Func<string, Text?> rule, string value)
    {
        try
        {
            return rule(value);
        }
        catch (Exception fault)
        {
            return Texts.PluginCannotCheck(plugin, fault.GetType().Name);
        }
    }
}

internal sealed class GuardedBackend(string plugin, IRepositoryBackend inner) : Guarded(plugin, inner), IRepositoryBackend
{
    public string? Scheme { get; } = inner.Scheme;
    public string? Needs { get; } = inner.Needs;
    public bool IsHere { get; } = inner.IsHere;

    public ResticTarget Target(FieldValues values) =>
        Try(() => inner.Target(values) ?? throw new InvalidOperationException("no target"), values);
}

internal sealed class GuardedChannel(string plugin, INoticeChannel inner) : Guarded(plugin, inner), INoticeChannel
{
    public Text Summary { get; } = inner.Summary;
    public bool Pings { get; } = inner.Pings;

    [SuppressMessage("Design", "CA1031", Justification = "A plugin may throw anything.")]
    public TimeSpan? AliveEvery(FieldValues values)
    {
        try
        {
            return inner.AliveEvery(values) is { } every && every > TimeSpan.Zero ? every : null;
        }
        catch (Exception)
        {
            return null; // its messages say the rest
        }
    }

    // What it throws while it sends is a problem of the channel, see ChannelCatalog.
    public Task SendAsync(NoticeMessage message, FieldValues values, CancellationToken ct) =>
        Task.Run(() => inner.SendAsync(message, values, ct), ct);
}

internal class GuardedTrigger(string plugin, IEventTrigger inner) : Guarded(plugin, inner), IEventTrigger
{
    public Text Help { get; } = inner.Help;

    // A fault of a watch is told by the desk, which begins it again.
    public virtual IAsyncEnumerable<Firing> WatchAsync(FieldValues values, CancellationToken ct) => inner.WatchAsync(values, ct);
}

internal sealed class GuardedMachineTrigger(string plugin, IMachineTrigger inner) : GuardedTrigger(plugin, inner), IMachineTrigger
{
    private Exception? broken;

    [SuppressMessage("Design", "CA1031", Justification = "A plugin may throw anything.")]
    public void Begin(string state)
    {
        try
        {
            inner.Begin(state);
        }
        catch (Exception fault)
        {
            broken = fault;
        }
    }

    public override IAsyncEnumerable<Firing> WatchAsync(FieldValues values, CancellationToken ct) =>
        broken is { } fault ? throw Fault(fault) : base.WatchAsync(values, ct);
}
