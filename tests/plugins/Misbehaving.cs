using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Secrets;
using TimeLocker.Core.Triggers;

namespace Misbehaving;

/// <summary>A plugin that goes wrong in the way that it is called.</summary>
public sealed class Plugin : IPlugin
{
    public Plugin()
    {
        if (Called == "CannotBeMade")
        {
            throw new InvalidOperationException("It cannot be made.");
        }
    }

    internal static string Called => AssemblyLoadContext.GetLoadContext(typeof(Plugin).Assembly)!.Name!.Split(' ')[^1];

    public void Register(ExtensionSet set)
    {
        switch (Called)
        {
            case "CannotRegister":
                throw new InvalidOperationException("It cannot register.");
            case "AddsNothing":
                break;
            case "AddsAStore":
                set.Add<ISecretStore>(new KeyFileStore("/nowhere"));
                break;
            case "AddsAClass":
                set.Add<INoticeChannel, Channel>("shout");
                break;
            case "Clashes":
                set.Add<INoticeChannel>(new Channel { Kind = "fine-before" }).Add<INoticeChannel>(new Channel { Kind = "ntfy" });
                break;
            case "BreaksARule":
                set.Add<INoticeChannel>(new Channel { Kind = "Not A Kind" });
                break;
            case "HasNoFields":
                set.Add<INoticeChannel>(new Channel { NoFields = true });
                break;
            case "BringsItsOwn":
                set.Add<INoticeChannel>(new Channel { Kind = "own", Title = PluginText.Of(WhereCecilIs()) });
                break;
            default:
                set.Add<INoticeChannel>(new Channel()).Add<IRepositoryBackend>(new Backend())
                    .Add<IEventTrigger>(new Trigger()).Add<IMachineTrigger>(new MachineTrigger());
                break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string WhereCecilIs() =>
        AssemblyLoadContext.GetLoadContext(typeof(Mono.Cecil.AssemblyDefinition).Assembly)!.Name!;
}

public sealed class Channel : INoticeChannel
{
    public string Kind { get; init; } = "shout";
    public Text Title { get; init; } = PluginText.Of("Shouts");
    public Text Summary => PluginText.Of("For tests.");
    public bool NoFields { get; init; }
    public IReadOnlyList<Field> Fields =>
        NoFields ? throw new InvalidOperationException("It has no fields.")
            : [new("token", PluginText.Of("Token"), FieldType.Secret),
                new("odd", PluginText.Of("Odd")) { Rule = value => value == "throw"
                    ? throw new InvalidOperationException(value) : null }];

    public TimeSpan? AliveEvery(FieldValues values) => throw new InvalidOperationException("It is never alive.");

    public Task SendAsync(NoticeMessage message, FieldValues values, CancellationToken ct) =>
        throw new InvalidOperationException($"It tells {values["token"]}.");
}

public sealed class Backend : IRepositoryBackend
{
    public string Kind => "pit";
    public Text Title => PluginText.Of("Pit");
    public IReadOnlyList<Field> Fields { get; } = [new("token", PluginText.Of("Token"), FieldType.Secret)];

    public ResticTarget Target(FieldValues values) => values["token"].StartsWith("say", StringComparison.Ordinal)
        ? throw ProblemException.Invalid(PluginText.Of($"It says {values["token"]}."), PluginText.Of($"It wants to."),
            PluginText.Of($"Do not ask it."))
        : throw new InvalidOperationException($"It tells {values["token"]}.");
}

public sealed class Trigger : IEventTrigger
{
    public string Kind => "quake";
    public Text Title => PluginText.Of("The earth quakes");
    public Text Help => PluginText.Of("For tests.");
    public IReadOnlyList<Field> Fields => [];

    public IAsyncEnumerable<Firing> WatchAsync(FieldValues values, CancellationToken ct) =>
        throw new InvalidOperationException("It quakes.");
}

public sealed class MachineTrigger : IMachineTrigger
{
    public string Kind => "flood";
    public Text Title => PluginText.Of("Water comes");
    public Text Help => PluginText.Of("For tests.");
    public IReadOnlyList<Field> Fields => [];

    public void Begin(string state) => throw new InvalidOperationException("It is wet.");

    public IAsyncEnumerable<Firing> WatchAsync(FieldValues values, CancellationToken ct) =>
        throw new InvalidOperationException("It is wet.");
}
