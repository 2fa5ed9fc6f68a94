using System.Runtime.CompilerServices;
using System.Text;

namespace TimeLocker.Core.Extensions;

/// <summary>
/// A plugin's own words, which stand in no resource file: <c>PluginText.Of($"Nothing is below {folder.AsName()}.")</c>.
/// Names of files are marked in it, as in every text.
/// </summary>
[InterpolatedStringHandler]
public sealed class PluginText
{
    private readonly StringBuilder full = new(), unnamed = new();

    public PluginText(int literalLength, int formattedCount)
    {
    }

    public static Text Of(string words) => Text.Verbatim(words);

    public static Text Of(PluginText words) => Text.Verbatim(TextArgument.Of(words.full.ToString(), words.unnamed.ToString()));

    public void AppendLiteral(string value) => Append(value, value);

    public void AppendFormatted(FileName name) => Append(name.Text, Text.LeftOut);

    public void AppendFormatted(Text text) => Append(text.Full, text.Unnamed);

    public void AppendFormatted<T>(T value, string? format = null)
    {
        var words = TextArgument.Of(value, format).Say(named: true);
        Append(words, words);
    }

    private void Append(string? whole, string? without)
    {
        full.Append(whole);
        unnamed.Append(without);
    }
}
