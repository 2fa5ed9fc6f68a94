namespace TimeLocker.Core;

/// <summary>Several things in a row: “a, b and c”.</summary>
public static class TextList
{
    public static Text And(IReadOnlyList<Text> items) => Of(items, Texts.ListAnd);

    public static Text Or(IReadOnlyList<Text> items) => Of(items, Texts.ListOr);

    /// <summary>Without a word before the last one.</summary>
    public static Text Commas(IReadOnlyList<Text> items) => Of(items, Texts.ListComma);

    private static Text Of(IReadOnlyList<Text> items, Func<TextArgument, TextArgument, Text> last) => items.Count switch
    {
        0 => Text.Empty,
        1 => items[0],
        _ => last(items.SkipLast(1).Aggregate((all, next) => Texts.ListComma(all, next)), items[^1]),
    };
}
