namespace TimeLocker.Core;

/// <summary>Several things in a row: “a, b and c”.</summary>
public static class TextList
{
    public static Text And(IReadOnlyList<Text> items) => Of(items, Texts.ListAnd);

    public static Text Or(IReadOnlyList<Text> items) => Of(items, Texts.ListOr);

    /// <summary>Without a word before the last one.</summary>
    public static Text Commas(IReadOnlyList<Text> items) => Of(items, Texts.ListComma);

    /// <summary>Each in a line of its own.</summary>
    public static Text Lines(IReadOnlyList<Text> items) => Of(items, Texts.ListLine, Texts.ListLine);

    private static Text Of(IReadOnlyList<Text> items, Func<TextArgument, TextArgument, Text> last,
        Func<TextArgument, TextArgument, Text>? others = null) => items.Count switch
        {
            0 => Text.Empty,
            1 => items[0],
            _ => last(Joined([.. items.SkipLast(1)], others ?? Texts.ListComma), items[^1]),
        };

    // In halves: each text within a text is a step down in what is stored, and there are not many.
    private static Text Joined(Text[] items, Func<TextArgument, TextArgument, Text> join) => items.Length == 1 ? items[0]
        : join(Joined(items[..(items.Length / 2)], join), Joined(items[(items.Length / 2)..], join));
}
