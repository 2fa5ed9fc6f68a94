using System.Collections.Concurrent;
using System.Threading.Channels;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Triggers;

namespace TimeLocker.Server.Triggers;

/// <summary>
/// Another program says so over the API. A call that may begin at once is answered by the desk; the others wait here,
/// one for all.
/// </summary>
public sealed class CallTrigger : IEventTrigger
{
    public const string Name = "call";

    private readonly ConcurrentDictionary<Guid, Channel<Firing>> kept = new();

    public string Kind => Name;
    public Text Title => Texts.CallTitle;
    public Text Help => Texts.CallHelp("POST /api/v1/plans/{id}/fire");
    public IReadOnlyList<Field> Fields { get; } = [];

    public IAsyncEnumerable<Firing> WatchAsync(FieldValues values, CancellationToken ct) =>
        Of(Guid.Parse(values[TriggerContext.Plan])).Reader.ReadAllAsync(ct);

    internal void Keep(Guid plan, Firing firing) => Of(plan).Writer.TryWrite(firing);

    private Channel<Firing> Of(Guid plan) =>
        kept.GetOrAdd(plan,
            _ => Channel.CreateBounded<Firing>(new BoundedChannelOptions(1)
            {
                FullMode = BoundedChannelFullMode.DropOldest
            }));
}
