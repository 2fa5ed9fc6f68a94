using System.Globalization;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Processes;

namespace TimeLocker.Server.Notices.Channels;

/// <summary>
/// A message on the desktop of the person who runs TimeLocker: org.freedesktop.Notifications, called through GLib's own
/// program.
/// </summary>
public sealed class DesktopChannel(IReadOnlyDictionary<string, string> environment) : INoticeChannel
{
    private const int NotInstalled = 127;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>What gdbus needs to find the session's bus, out of this process's own environment.</summary>
    public static DesktopChannel OfThisSession() => new(((string[])["PATH", "HOME", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"])
        .Where(name => Environment.GetEnvironmentVariable(name) is not null).ToDictionary(name => name,
        name => Environment.GetEnvironmentVariable(name)!));

    public string Kind => "desktop";
    public Text Title => Texts.DesktopTitle;
    public bool IsUsual => true;
    public Text Summary => Texts.DesktopSummary;

    public IReadOnlyList<Field> Fields { get; } =
    [
        new("seconds", Texts.Seconds, FieldType.Number)
        {
            Advanced = true,
            Help = Texts.SecondsHelp,
            Rule = v => int.TryParse(v, out var s) && s is > 0 and <= 3600 ? null : Texts.NumberFrom,
        },
    ];

    public async Task SendAsync(NoticeMessage message, FieldValues values, CancellationToken ct)
    {
        var error = message.Level == NoticeLevel.Error;
        var milliseconds = error ? 0 : values.Has("seconds")
            ? int.Parse(values["seconds"], CultureInfo.InvariantCulture) * 1000 : -1;
        string[] call =
        [
            "call", "--session", "--timeout", "4", "--dest", "org.freedesktop.Notifications", "--object-path",
                "/org/freedesktop/Notifications",
            "--method", "org.freedesktop.Notifications.Notify", "--", "'TimeLocker'", "uint32 0",
                error ? "'dialog-error'" : message.Level == NoticeLevel.Warning ? "'dialog-warning'"
                    : "'dialog-information'",
            Quoted(message.Title), Quoted(Plain(ChannelFields.Body(message))), "@as []",
                $"{{'urgency': <byte {(error ? 2 : 1)}>}}", $"int32 {milliseconds}",
        ];
        var answer = await ChildProcess.RunAsync(new("gdbus", call) { Environment = environment }, Patience, 64 * 1024, ct);
        if (answer.ExitCode == NotInstalled)
        {
            throw new ProblemException(ProblemKind.Upstream, Problems.DesktopNotReachedProgram);
        }

        if (answer.TimedOut || answer.ExitCode != 0)
        {
            throw new ProblemException(ProblemKind.Unavailable, Texts.DesktopNotReachedProgram, Why(answer),
                Texts.TriedAgainItselfWorks);
        }
    }

    private static Text Why(ChildResult answer) => answer.TimedOut ? Texts.DidNotAnswerWithin
        : answer.Errors.Contains("ServiceUnknown", StringComparison.Ordinal)
            || answer.Errors.Contains("NameHasNoOwner", StringComparison.Ordinal)
            || answer.Errors.Contains("Spawn", StringComparison.Ordinal) ? Texts.NothingDesktopShowsNotifications
        : Texts.NoDesktopSessionCould;

    /// <summary>As GVariant writes a text: it cannot leave its quotes.</summary>
    private static string Quoted(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}'";

    // Desktops read the text as simple markup.
    private static string Plain(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">",
            "&gt;", StringComparison.Ordinal);
}
