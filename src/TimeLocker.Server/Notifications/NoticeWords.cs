using System.Text.RegularExpressions;

namespace TimeLocker.Server.Notifications;

/// <summary>A notice leaves the house, by mail or to a chat: names of files stay at home.</summary>
internal static partial class NoticeWords
{
    public static string WithoutPaths(string text) => Path().Replace(Quoted().Replace(text, "…"), "…");

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();

    // Not the path of an address (https://host/there), which says where and not what.
    [GeneratedRegex(@"(?<![\w:/.\-\]])/[^\s:;,”’)]+")]
    private static partial Regex Path();
}
