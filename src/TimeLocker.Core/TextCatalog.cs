using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Resources;

namespace TimeLocker.Core;

/// <summary>Finds the words that belong to a key, in the resource file of its room.</summary>
public static class TextCatalog
{
    /// <summary>
    /// A language that nobody speaks: all words in brackets and longer, so that one sees what is not looked up and what
    /// does not fit.
    /// </summary>
    public const string PseudoLanguage = "qps-Ploc";

    private static readonly ConcurrentDictionary<string, ResourceManager?> Files = new();
    private static readonly ConcurrentDictionary<(string Key, string Culture), string?> Known = new();

    /// <param name="key">As in <see cref="Text.Key"/>.</param>
    /// <returns>The pattern, see <see cref="TextPattern"/>; null if there is none.</returns>
    public static string? Find(string key, CultureInfo culture) =>
        // asked for each text of a page: nothing is captured
        Known.GetOrAdd((key, culture.Name), static (known, culture) => Read(known.Key, culture), culture);

    private static string? Read(string key, CultureInfo culture)
    {
        var parts = $"TimeLocker.{key}".Split(".Texts.", 2);
        var file = parts.Length < 2 ? null : Files.GetOrAdd(parts[0], Open);
        return file?.GetString(parts[1], culture);
    }

    /// <summary>What was said, in brackets and longer; in words, so that a line can break between them.</summary>
    internal static string Pseudo(string said) => $"⟦{said} {More(said.Length * 3 / 10)}⟧";

    private static string More(int letters) =>
        string.Join(' ', new string('~', letters + 1).Chunk(6).Select(word => new string(word)));

    private static ResourceManager? Open(string room)
    {
        var project = string.Join('.', room.Split('.').Take(2));
        try
        {
            var home = Assembly.Load(project is "TimeLocker.Core" or "TimeLocker.Agent" or "TimeLocker.Server" ? project
                : "timelocker");
            return home.GetManifestResourceInfo($"{room}.Texts.resources") is null ? null : new($"{room}.Texts", home);
        }
        catch (IOException)
        {
            return null; // stored by a version that had such a part
        }
    }
}
