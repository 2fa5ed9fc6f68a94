using TimeLocker.Core;
using TimeLocker.Core.Notices;

namespace TimeLocker.Server.Notices;

/// <summary>How a notice looks: shape, colour and words.</summary>
public static class NoticeText
{
    public static (string Css, string Icon) Of(NoticeLevel level) => level switch
    {
        NoticeLevel.Error => ("error", "failed"),
        NoticeLevel.Warning => ("warning", "warning"),
        _ => ("info", "info"),
    };

    public static Text Word(NoticeEvent happened) => Texts.EventWord(TextArgument.Of(happened));

    public static Text Word(NoticeLevel level) => Texts.LevelWord(TextArgument.Of(level));
}
