using System.Collections.Concurrent;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Notices;

namespace TimeLocker.Tests.Doubles;

/// <summary>A channel that writes down what it is given, and answers as it is told.</summary>
public sealed class RecordingChannel : INoticeChannel
{
    public string Kind => "recording";
    public Text Title => PluginText.Of("Recording");
    public Text Summary => PluginText.Of("For tests.");

    public IReadOnlyList<Field> Fields { get; } = [new("name", PluginText.Of("Name")),
        new("aliveMinutes", PluginText.Of("Alive"), FieldType.Number)];

    /// <summary>Everything that was sent, tries that failed included, with the channel's name.</summary>
    public ConcurrentQueue<(string Channel, NoticeMessage What)> Tries { get; } = new();

    public ConcurrentQueue<(string Channel, string Key)> Taken { get; } = new();

    public Func<string, NoticeMessage, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public TimeSpan? AliveEvery(FieldValues values) =>
        int.TryParse(values["aliveMinutes"], out var minutes) ? TimeSpan.FromMinutes(minutes) : null;

    public async Task SendAsync(NoticeMessage message, FieldValues values, CancellationToken ct)
    {
        Tries.Enqueue((values["name"], message));
        await Answer(values["name"], message);
        Taken.Enqueue((values["name"], message.Key));
    }
}
