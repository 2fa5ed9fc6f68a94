namespace TimeLocker.Server.UI;

/// <summary>The icons: one stroked path each on a 24 × 24 grid.</summary>
public static class Drawings
{
    private static readonly Dictionary<string, string> Paths = new()
    {
        ["overview"] = "M4 13.5a8 8 0 1 1 16 0M12 13.5l3.5-4M4.5 18h15",
        ["machine"] = "M4 5h16v11H4zM9 20h6M12 16v4",
        ["plan"] = "M6 4h12a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1M9 9h6M9 13h6M9 17h3",
        ["restore"] = "M4.5 12a7.5 7.5 0 1 0 2.4-5.5M4 4v4.5h4.5M12 8v4.5l3 1.8",
        ["repository"] = "M4 6.5C4 5 7.6 4 12 4s8 1 8 2.5S16.4 9 12 9 4 8 4 6.5M4 6.5v11C4 19 7.6 20 12 20s8-1 8-2.5v-11M4 12c0 1.5 3.6 2.5 8 2.5s8-1 8-2.5",
        ["activity"] = "M3 12h4l3-7 4 14 3-7h4",
        ["settings"] = "M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4",
        ["more"] = "M5 12h.01M12 12h.01M19 12h.01",
        ["play"] = "M8 5.5v13l10.5-6.5z",
        ["stop"] = "M7 7h10v10H7z",
        ["plus"] = "M12 5v14M5 12h14",
        ["check"] = "M5 12.5l4.5 4.5L19 7.5",
        ["minus"] = "M6 12h12",
        ["close"] = "M6 6l12 12M18 6L6 18",
        ["down"] = "M6 9.5l6 6 6-6",
        ["up"] = "M6 14.5l6-6 6 6",
        ["right"] = "M9.5 6l6 6-6 6",
        ["left"] = "M14.5 6l-6 6 6 6",
        ["safe"] = "M12 3.5l7 2.5v5.5c0 4.5-3 7.7-7 9-4-1.3-7-4.5-7-9V6zM8.8 12l2.3 2.3 4.2-4.4",
        ["warning"] = "M12 4l9 16H3zM12 10v4.5M12 17.2h.01",
        ["failed"] = "M8.3 3.5h7.4l4.8 4.8v7.4l-4.8 4.8H8.3l-4.8-4.8V8.3zM9.3 9.3l5.4 5.4M14.7 9.3l-5.4 5.4",
        ["missed"] = "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 7.5V12l-3 2",
        ["overdue"] = "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 7.5v5.5M12 16h.01M2.5 5l3-2.5M21.5 5l-3-2.5",
        ["bell"] = "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4",
        ["running"] = "M20 12a8 8 0 1 1-2.5-5.8M20 3.5V8h-4.5",
        ["paused"] = "M8.5 6v12M15.5 6v12",
        ["idle"] = "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16",
        ["queued"] = "M7 4h10M7 20h10M8 4c0 5 8 5.5 8 8s-8 3-8 8M16 4c0 5-8 5.5-8 8s8 3 8 8",
        ["cancelled"] = "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M8 12h8",
        ["folder"] = "M3.5 6.5a1 1 0 0 1 1-1h5l2 2.5h8a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1z",
        ["file"] = "M6.5 3.5h7.5l4 4v12a1 1 0 0 1-1 1H6.5a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1M13.5 3.5V8h4.5",
        ["link"] = "M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1",
        ["download"] = "M12 4v11M7 10.5l5 5 5-5M5 20h14",
        ["copy"] = "M9 9h10v11H9zM5 15V4h10",
        ["print"] = "M7 9V4h10v5M7 17H4.5V9h15v8H17M7 14h10v6H7z",
        ["trash"] = "M5 7h14M10 4h4M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5",
        ["edit"] = "M5 19l1-4L16.5 4.5l3 3L9 18zM14 7l3 3",
        ["key"] = "M15.5 4a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M12 11.5L4 19.5V21h3v-2h2v-2h2l1.5-1.5M16.5 7.5h.01",
        ["send"] = "M4 11.5L20 4l-5 16-3.5-7zM11.5 13L20 4",
        ["user"] = "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.5 20c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5",
        ["out"] = "M10 4.5H5v15h5M15 8l4 4-4 4M19 12H9.5",
        ["info"] = "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 11v5M12 8h.01",
        ["home"] = "M4 11.5L12 4.5l8 7M6 10v9.5h4.5V14h3v5.5H18V10",
        ["sun"] = "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
        ["terminal"] = "M4 5h16v14H4zM7.5 9.5L10 12l-2.5 2.5M12.5 15H16",
        ["archive"] = "M4 5h16v4H4zM5.5 9v10h13V9M10 13h4",
        ["search"] = "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5L20 20",
        ["refresh"] = "M4.5 12A7.5 7.5 0 0 1 17.5 7L20 9.5M20 4.5v5h-5M19.5 12A7.5 7.5 0 0 1 6.5 17L4 14.5M4 19.5v-5h5",
        ["pin"] = "M9 3.5h6M10 3.5v6l-3 4h10l-3-4v-6M12 13.5v7",
        ["tag"] = "M4 4.5h8l8 8-7.5 7.5-8.5-8zM8 8.5h.01",
        ["calendar"] = "M5 6h14v14H5zM5 10h14M9 3.5V7M15 3.5V7",
    };

    public static string Of(string name) => Paths.TryGetValue(name, out var path) ? path : Paths["idle"];

    public static IEnumerable<string> Names => Paths.Keys;
}
