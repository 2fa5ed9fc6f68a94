using System.Collections;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using TimeLocker.Core;

namespace TimeLocker.Server.Api;

/// <summary>What is wrong with a request that does not have the right shape, without the names of our types.</summary>
public static partial class BindingErrors
{
    private const int LongestQuote = 60;

    public static Problem Of(Exception fault) =>
        new(Texts.RequestCannotRead, Why((fault as BadHttpRequestException)?.InnerException ?? fault),
            Texts.CompareOpenapiJson(Rest.Prefix));

    /// <summary>What is given empty in an address (<c>?plan=&amp;outcome=</c>) is not given.</summary>
    public static IApplicationBuilder UseGivenQuery(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var query = context.Request.Query;
        if (query.Any(q => q.Value.All(string.IsNullOrEmpty)))
        {
            context.Request.QueryString = new QueryBuilder(query.Where(q => !q.Value.All(string.IsNullOrEmpty))).ToQueryString();
        }

        return next(context);
    });

    private static Text Why(Exception fault)
    {
        var said = fault.Message;
        var place = fault is JsonException { Path: { Length: > 2 } path } ? path[2..] : null;
        return said.StartsWith("Implicit body", StringComparison.Ordinal)
            || said.Contains("does not contain any JSON tokens", StringComparison.Ordinal) ? Texts.NoBody
            : said.Contains("maximum configured depth", StringComparison.Ordinal) ? Texts.NestedTooDeeply
            : Missing().Match(said) is { Success: true } missing
            ? Texts.Missing(Names(missing.Groups[1].Value), missing.Groups[1].Value.Contains(','),
                place is null ? "" : $" in “{place}”")
            : Twice().Match(said) is { Success: true } twice ? Texts.Twice(Short(twice.Groups[1].Value))
            : Unknown().Match(said) is { Success: true } unknown
            ? Texts.NoHere(Short(unknown.Groups[1].Value),
                place is null || place == unknown.Groups[1].Value ? "" : $" (at “{place}”)")
            : Query().Match(said) is { Success: true } query
            ? Texts.Cannot(query.Groups[2].Value, Short(query.Groups[3].Value), Spoken(query.Groups[1].Value))
            : said.Contains("null", StringComparison.Ordinal) && fault is JsonException && !said.StartsWith('“')
            ? Texts.CannotNull(place ?? "The whole")
            : Converted().Match(said) is { Success: true } converted
            ? Texts.Not(place is null ? "It" : $"“{place}”", Kind(converted.Groups[1].Value, place))
            : Text.Verbatim(Trace().Replace(said, ""));
    }

    private static string Short(string text) => text.Length <= LongestQuote ? text : $"{text[..LongestQuote]}…";

    private static string Names(string list) => string.Join(", ", list.Split(',').Select(name => $"“{name.Trim().Trim('\'')}”"));

    private static string Spoken(string parameter) =>
        Kind(new[] { typeof(Guid), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(bool) }
        .FirstOrDefault(t => parameter.Contains(t == typeof(bool) ? "bool" : t.Name,
            StringComparison.OrdinalIgnoreCase)) ?? typeof(int));

    /// <summary>What a value of this type looks like: "an id".</summary>
    public static string Kind(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        { IsEnum: true } words =>
            $"one of {string.Join(", ", Enum.GetNames(words).Select(JsonNamingPolicy.CamelCase.ConvertName))}",
        var id when id == typeof(Guid) => "an id",
        var moment when moment == typeof(DateTimeOffset) => "a moment such as 2026-03-01T18:00:00Z",
        var day when day == typeof(DateOnly) => "a day such as 2026-03-01",
        var time when time == typeof(TimeOnly) => "a time of day such as 18:30",
        var flag when flag == typeof(bool) => "true or false",
        var number when number == typeof(int) || number == typeof(long) => "a whole number of a possible size",
        var text when text == typeof(string) => "a text",
        var map when map.IsAssignableTo(typeof(IEnumerable<KeyValuePair<string, string>>)) => "an object with texts",
        var list when list.IsAssignableTo(typeof(IEnumerable)) => "a list of the right things",
        _ => "an object of the right shape",
    };

    // The serializer names the type, or the record with the member that the path ends in.
    public static string Kind(string type, string? place)
    {
        var found = Type.GetType(type) ?? typeof(Problem).Assembly.GetType(type) ?? typeof(BindingErrors).Assembly.GetType(type);
        var member = place is null || place.EndsWith(']') ? null : found is null ? null
            : FlatJson.Member(found, place[(place.LastIndexOf('.') + 1)..]);
        return member is not null ? Kind(member.PropertyType)
            : found is not null ? Kind(found)
            : type.Contains("Dictionary`2", StringComparison.Ordinal) ? "an object"
            : type.Contains("`1[", StringComparison.Ordinal) ? "a list of the right things" : "what is expected there";
    }

    [GeneratedRegex("missing required properties including: (.+?)\\.?$", RegexOptions.Singleline)]
    private static partial Regex Missing();

    [GeneratedRegex("Duplicate property '(.*?)' encountered", RegexOptions.Singleline)]
    private static partial Regex Twice();

    [GeneratedRegex("JSON property '(.*?)' could not be mapped", RegexOptions.Singleline)]
    private static partial Regex Unknown();

    [GeneratedRegex("Failed to bind parameter \"(\\S+) (\\S+)\" from \"(.*)\"", RegexOptions.Singleline)]
    private static partial Regex Query();

    [GeneratedRegex("could not be converted to (\\S+?)\\.(?: |$)")]
    private static partial Regex Converted();

    [GeneratedRegex(" Path: .*$| LineNumber: .*$")]
    private static partial Regex Trace();
}
