using TimeLocker.Core;

namespace TimeLocker.Server.Shell;

/// <summary>
/// Where an entry stands: always in the side bar, behind “More” where the screen is narrow, or in the command box
/// alone.
/// </summary>
public enum MenuPlace { Main, More, Search }

public sealed record MenuEntry(Text Title, string Icon, string Link, MenuPlace Place, Role Needed = Role.Viewer);

/// <summary>Where one can go: the side bar, the narrow menu and the command box take it from here.</summary>
public static class Menu
{
    private static readonly MenuEntry[] entries =
    [
        new(Texts.Overview, "overview", "", MenuPlace.Main),
        new(Texts.Machines, "machine", "machines", MenuPlace.More),
        new(Texts.Plans, "plan", "plans", MenuPlace.Main),
        new(Texts.Restore, "restore", "restore", MenuPlace.Main),
        new(Texts.Repositories, "repository", "repositories", MenuPlace.More),
        new(Texts.Activity, "activity", "activity", MenuPlace.Main),
        new(Texts.Settings, "settings", "settings", MenuPlace.More),
        new(Texts.Users, "user", "settings/users", MenuPlace.Search, Role.Admin),
        new(Texts.ApiTokens, "key", "settings/tokens", MenuPlace.Search, Role.Admin),
        new(Texts.YourAccount, "user", "account", MenuPlace.Search),
        new(Texts.AboutTimeLocker, "info", "settings/about", MenuPlace.Search),
    ];

    /// <summary>What this person may open.</summary>
    public static IEnumerable<MenuEntry> For(Actor? who) => entries.Where(e => who?.Is(e.Needed) ?? e.Needed == Role.Viewer);
}
