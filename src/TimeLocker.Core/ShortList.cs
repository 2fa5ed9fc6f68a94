namespace TimeLocker.Core;

/// <summary>A list of which only the first are named.</summary>
public static class ShortList
{
    public static Text Of(IReadOnlyList<string> names, int most) => names.Count <= most
        ? Text.Verbatim(string.Join(", ", names)) : Texts.AndMore(string.Join(", ", names.Take(most)), names.Count - most);

    public static Text Of(IReadOnlyList<Text> items, int most) => items.Count <= most
        ? TextList.Commas(items) : Texts.AndMore(TextList.Commas([.. items.Take(most)]), items.Count - most);
}
