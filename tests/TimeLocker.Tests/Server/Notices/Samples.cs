using TimeLocker.Core.Extensions;
using TimeLocker.Core.Notices;

namespace TimeLocker.Tests.Server.Notices;

internal static class Samples
{
    public static NoticeMessage Failure { get; } = new("run:7:failed", NoticeEvent.Failed, NoticeLevel.Error,
        "“Documents” failed.", "The disk is full.\nMake room on it.", "http://localhost:8484/runs/7",
        new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), "cellar")
    { Subject = "Documents" };

    /// <summary>What a name could try: headers, commands, markup, templates, JSON, the end of a mail.</summary>
    public static NoticeMessage Hostile { get; } = Failure with
    {
        Key = "evil\r\nX-Evil: 1",
        Title = "a\r\nBcc: eve@example.org\r\n\r\n<@everyone> {{text}} \",\"x\":\"y *b* [l](http://evil) <!channel>",
        Text = "one\r\n.\r\nQUIT\r\n'; $(reboot) `id` \\ {{key}} </b> & 🎈 ‮txt",
        Subject = "x\"} , {",
    };

    /// <summary>Good values of a kind, for a receiver on loopback; the canary is in every secret.</summary>
    public static FieldValues Values(string kind, string address, bool ownNetwork = true)
    {
        var values = new Dictionary<string, string> { ["ownNetwork"] = ownNetwork ? "true" : "false" };
        foreach (var (name, value) in Own(kind, address))
        {
            values[name] = value;
        }

        return new(values);
    }

    private static (string, string)[] Own(string kind, string address) => kind switch
    {
        "ntfy" => [("server", address), ("topic", "canary9topic"), ("token", "tk_canary9token")],
        "gotify" => [("server", address), ("token", "canary9token")],
        "telegram" => [("server", address), ("token", "123:canary9token"), ("chat", "-42")],
        "webhook" => [("url", $"{address}/hook/canary9path?key=canary9query"), ("signingKey", "canary9key")],
        _ => [("url", $"{address}/hook/canary9path")],
    };
}
