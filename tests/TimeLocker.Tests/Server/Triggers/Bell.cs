using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Triggers;

namespace TimeLocker.Tests.Server.Triggers;

/// <summary>An event that a test brings about: it rings the bell of a door.</summary>
internal sealed class Bell : IEventTrigger
{
    private readonly ConcurrentDictionary<string, Channel<Firing>> doors = new();
    private int watches, listening;

    public string Kind => "bell";
    public Text Title { get; init; } = PluginText.Of("The bell rings");
    public Text Help => PluginText.Of("Somebody is at the door.");
    public IReadOnlyList<Field> Fields { get; } = [new("door", PluginText.Of("Door")) { Required = true }];

    /// <summary>How often somebody began to listen.</summary>
    public int Watches => Volatile.Read(ref watches);

    /// <summary>How many listen now.</summary>
    public int Listening => Volatile.Read(ref listening);

    /// <summary>Why nobody can listen, or null.</summary>
    public Problem? Broken { get; set; }

    public void Ring(string door, string why = "It rang.", bool later = false, bool holds = false) =>
        Of(door).Writer.TryWrite(new(TimeProvider.System.GetUtcNow(), Text.Verbatim(why))
        {
            Later = later,
            Holds = holds,
        });

    /// <summary>Whoever listens at this door is cut off.</summary>
    public void HangUp(string door)
    {
        doors.TryRemove(door, out var gone);
        gone?.Writer.Complete();
    }

    public async IAsyncEnumerable<Firing> WatchAsync(FieldValues values, [EnumeratorCancellation] CancellationToken ct)
    {
        Interlocked.Increment(ref watches);
        if (Broken is { } problem)
        {
            throw new ProblemException(ProblemKind.Unavailable, problem);
        }

        Interlocked.Increment(ref listening); // watches begin at the same time
        try
        {
            await foreach (var firing in Of(values["door"]).Reader.ReadAllAsync(ct))
            {
                yield return firing;
            }
        }
        finally
        {
            Interlocked.Decrement(ref listening);
        }
    }

    private Channel<Firing> Of(string door) => doors.GetOrAdd(door, _ => Channel.CreateUnbounded<Firing>());
}
