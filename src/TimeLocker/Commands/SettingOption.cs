using System.CommandLine;

namespace TimeLocker.Commands;

/// <summary>
/// A setting of something, as an option. One line each in a list of which commands are made:
/// <see cref="PlanSettings"/>.
/// </summary>
/// <param name="Path">As in the API: "retries.times".</param>
/// <param name="Read">The thing with what was given in place of what it had; what was not given stays.</param>
internal sealed record SettingOption<T>(string Path, Option Option, Func<ParseResult, T, T> Read)
{
    private enum Answer { Yes, No }

    public static SettingOption<T> Flag(string path, string name, Core.Text help, Func<T, bool, T> with) =>
        Given(path, Choice.Option<Answer>(name, help), (thing, answer) => with(thing, answer == Answer.Yes));

    public static SettingOption<T> Word<TWord>(string path, string name, Core.Text help, Func<T, TWord, T> with)
        where TWord : struct, Enum =>
        Given(path, Choice.Option<TWord>(name, help), with);

    public static SettingOption<T> Number(string path, string name, Core.Text help, Func<T, int, T> with) =>
        Given(path, new Option<int?>(name) { Help = help }, with);

    public static SettingOption<T> Text(string path, string name, Core.Text help, Func<T, string, T> with)
    {
        var option = new Option<string?>(name) { Help = help };
        return new(path, option, (parsed, thing) => parsed.GetValue(option) is { } given ? with(thing, given) : thing);
    }

    /// <summary>Takes the place of the list before.</summary>
    public static SettingOption<T> List(string path, string name, Core.Text help, Func<T, string[], T> with)
    {
        var option = new Option<string[]>(name) { Help = help };
        return new(path, option, (parsed, thing) => parsed.GetValue(option) is { Length: > 0 } given ? with(thing, given) : thing);
    }

    /// <summary>The same setting of something that has this one in it.</summary>
    public SettingOption<TWhole> Within<TWhole>(string member, Func<TWhole, T> part, Func<TWhole, T, TWhole> with) =>
        new($"{member}.{Path}", Option, (parsed, whole) => with(whole, Read(parsed, part(whole))));

    private static SettingOption<T> Given<TValue>(string path, Option<TValue?> option, Func<T, TValue, T> with)
        where TValue : struct =>
        new(path, option, (parsed, thing) => parsed.GetValue(option) is { } given ? with(thing, given) : thing);
}

internal static class Settings
{
    public static Command With<T>(this Command command, IEnumerable<SettingOption<T>> settings)
    {
        foreach (var setting in settings)
        {
            command.Add(setting.Option);
        }

        return command;
    }

    public static T Read<T>(this IEnumerable<SettingOption<T>> settings, ParseResult parsed, T before) =>
        settings.Aggregate(before, (thing, setting) => setting.Read(parsed, thing));
}
