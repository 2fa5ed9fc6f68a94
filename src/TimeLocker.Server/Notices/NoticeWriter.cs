using System.Text;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Identity;

namespace TimeLocker.Server.Notices;

/// <summary>Makes of a notice what a channel sends.</summary>
public sealed class NoticeWriter(PublicAddress address, TimeProvider clock)
{
    private const int LongestTitle = 250, LongestText = 3000;

    private static string Machine => Environment.MachineName;

    internal NoticeMessage Of(Notice notice, string? subject) =>
        new(notice.Key, notice.Event, notice.Level, OneLine(notice.Title), Lines(notice.Text),
            address.Links + (notice.Link.StartsWith('/') ? notice.Link : "/"), notice.At, Machine)
        {
            Subject = subject is null ? null : OneLine(subject),
        };

    internal NoticeMessage Test() => new($"test:{Guid.NewGuid():N}", NoticeEvent.Test, NoticeLevel.Info, Texts.TestMessageTitle,
        Texts.TestMessageText, address.Links + "/settings/notifications", clock.GetUtcNow(), Machine);

    internal NoticeMessage Alive(Guid channel)
    {
        var now = clock.GetUtcNow();
        return new($"alive:{channel:N}:{now.ToUnixTimeSeconds()}", NoticeEvent.Alive, NoticeLevel.Info,
            Texts.AliveTitle, Texts.AliveText, address.Links, now, Machine);
    }

    private static string OneLine(string text) => Cut(Clean(text, '\0').Trim(), LongestTitle);

    private static string Lines(string text) => Cut(Clean(text.ReplaceLineEndings("\n"), '\n').Trim(), LongestText);

    // Names of plans and repositories are in here: they must not command a terminal, a mail program or the direction of a line.
    private static string Clean(string text, char but)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var c = rune.Value;
            clean.Append(c == but ? but.ToString() : c < ' ' || c is >= 0x7f and < 0xa0 ? " " : c is >= 0x202a
                and <= 0x202e or >= 0x2066 and <= 0x2069 or 0x2028 or 0x2029 ? "" : rune.ToString());
        }

        return clean.ToString();
    }

    private static string Cut(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1)] + "…";
}
