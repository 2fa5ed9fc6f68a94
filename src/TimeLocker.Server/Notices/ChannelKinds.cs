using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Notices;

namespace TimeLocker.Server.Notices;

/// <summary>A kind of channel, as programs and forms need it.</summary>
public sealed record ChannelKind(string Kind, Text Title, Text Summary, bool Pings, IReadOnlyList<Field> Fields);

/// <summary>The kinds of channels that this TimeLocker knows.</summary>
public sealed class ChannelKinds(IEnumerable<INoticeChannel> channels)
{
    public IReadOnlyList<INoticeChannel> All { get; } = [.. channels];

    public IReadOnlyList<ChannelKind> List(Actor who)
    {
        who.MustBe(Role.Operator);
        return [.. All.Select(c => new ChannelKind(c.Kind, c.Title, c.Summary, c.Pings, c.Fields))];
    }

    /// <exception cref="ProblemException">of kind Invalid: there is no such kind.</exception>
    public INoticeChannel Of(string? kind) => Find(kind)
        ?? throw ProblemException.Invalid(Problems.NoKindChannelTimelocker(kind, string.Join(", ", All.Select(c => c.Kind))));

    /// <exception cref="ProblemException">of kind Unavailable: the plugin that adds its kind is not there now. What is
    /// to be sent waits.</exception>
    public INoticeChannel For(Channel channel) => Find(channel.Kind)
        ?? throw new ProblemException(ProblemKind.Unavailable, Problems.CannotSendAnythingTimelocker(channel.Name, channel.Kind));

    public INoticeChannel? Find(string? kind) => All.FirstOrDefault(c => c.Kind == kind);
}
