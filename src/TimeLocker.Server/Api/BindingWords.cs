using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using TimeLocker.Core;

namespace TimeLocker.Server.Api;

/// <summary>Why a request cannot be read, in the words of the API: the framework speaks of its types, which nobody outside knows.</summary>
internal static partial class BindingWords
{
    private const int LongestQuote = 60;

    public static string Of(BadHttpRequestException bad) => bad.InnerException is JsonException json ? Of(json)
        : BadParameter().Match(bad.Message) is { Success: true } wrong ? $"“{wrong.Groups["name"]}” has to be {Wanted(wrong.Groups["type"].Value)}; “{Short(wrong.Groups["value"].Value)}” is not."
        : NoBody().IsMatch(bad.Message) ? "It needs a JSON object as its body."
        : Missing().Match(bad.Message) is { Success: true } missing ? $"“{missing.Groups["name"]}” is missing."
        : bad.Message;

    /// <param name="name">What stood at the top, where that has a name of its own.</param>
    public static string Of(JsonException bad, string? name = null) =>
        BadValue().Match(bad.Message) is { Success: true } wrong ? $"{At(wrong.Groups["path"].Value, name)} has to be {Wanted(wrong.Groups["type"].Value)}."
        : Unknown().Match(bad.Message) is { Success: true } unknown ? $"“{Short(unknown.Groups["name"].Value)}” is not known here."
        : Lacking().Match(bad.Message) is { Success: true } lacking ? $"{lacking.Groups["names"].Value.Replace('\'', '"')} is missing."
        : Null().Match(bad.Message) is { Success: true } none ? $"“{none.Groups["name"]}” must not be null."
        : Twice().Match(bad.Message) is { Success: true } twice ? $"“{Short(twice.Groups["name"].Value)}” is there twice."
        : bad.Message;

    private static string At(string path, string? name) => path.TrimStart('$', '.') switch
    {
        "" => name is null ? "The body" : $"“{name}”",
        var inside => $"“{Short(inside)}”",
    };

    private static string Wanted(string type)
    {
        var plain = type.Replace("System.", "", StringComparison.Ordinal).Replace("Nullable`1[", "", StringComparison.Ordinal).Replace("Nullable<", "", StringComparison.Ordinal).TrimEnd(']', '>');
        return plain switch
        {
            "Guid" => "an id",
            "Int32" or "Int64" or "int" or "long" => "a whole number",
            "Double" or "Decimal" or "double" or "decimal" => "a number",
            "Boolean" or "bool" => "true or false",
            "String" or "string" => "text",
            "DateTimeOffset" or "DateTime" => "a moment such as 2026-11-20T18:00:00Z",
            "DateOnly" => "a day such as 2026-11-20",
            "TimeOnly" => "a time such as 18:30:00",
            "TimeSpan" => "a length of time such as 01:30:00",
            _ when type.Contains("Dictionary", StringComparison.Ordinal) => "an object of names and values",
            _ when type.Contains("List", StringComparison.Ordinal) || type.Contains("[]", StringComparison.Ordinal) || type.Contains("Set", StringComparison.Ordinal) => "a list",
            _ => Enumeration(plain) is { } words ? $"one of {string.Join(", ", words.GetEnumNames().Select(JsonNamingPolicy.CamelCase.ConvertName))}" : "a JSON object",
        };
    }

    private static Type? Enumeration(string name) => (typeof(Problem).Assembly.GetType(name) ?? typeof(BindingWords).Assembly.GetType(name)) is { IsEnum: true } type ? type : null;

    private static string Short(string text) => text.Length <= LongestQuote ? text : $"{text[..LongestQuote]}…";

    [GeneratedRegex("^Failed to bind parameter \"(?<type>\\S+) (?<name>\\w+)\" from \"(?<value>.*)\"\\.$", RegexOptions.Singleline)]
    private static partial Regex BadParameter();

    [GeneratedRegex("^(Implicit body inferred|Required parameter .* from body)")]
    private static partial Regex NoBody();

    [GeneratedRegex("^Required parameter \"\\S+ (?<name>\\w+)\" was not provided")]
    private static partial Regex Missing();

    [GeneratedRegex(@"^The JSON value could not be converted to (?<type>\S+?)\. Path: (?<path>\S*)")]
    private static partial Regex BadValue();

    [GeneratedRegex("^The JSON property '(?<name>.*)' could not be mapped", RegexOptions.Singleline)]
    private static partial Regex Unknown();

    [GeneratedRegex("was missing required properties including: (?<names>.*?)\\.$", RegexOptions.Singleline)]
    private static partial Regex Lacking();

    [GeneratedRegex("^The (property or field|constructor parameter) '(?<name>\\w+)' on type .* doesn't allow")]
    private static partial Regex Null();

    [GeneratedRegex("^Duplicate property '(?<name>.*?)' encountered", RegexOptions.Singleline)]
    private static partial Regex Twice();
}
