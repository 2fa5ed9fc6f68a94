using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Repositories.Backends;

namespace TimeLocker.Core.Notices;

/// <summary>Fields and pieces that several kinds of channels have alike.</summary>
public static class ChannelFields
{
    public static Field OwnNetwork { get; } = new("ownNetwork", Texts.OwnNetwork, FieldType.Flag)
    {
        Help = Texts.OwnNetworkHelp,
    };

    public static Field OwnNetworkAdvanced { get; } = OwnNetwork with { Advanced = true };

    public static Field AliveMinutes { get; } = new("aliveMinutes", Texts.AliveMinutes, FieldType.Number)
    {
        Example = "5",
        Help = Texts.AliveMinutesHelp,
        Rule = v => int.TryParse(v, out var minutes) && minutes is >= 1 and <= 1440 ? null : Texts.NumberMinutesFrom,
    };

    public static Field Server(string example) =>
        new("server", Texts.Server) { Required = true, Place = true, Example = example, Rule = AddressRules.Url };

    public static Field Token(Text help) =>
        new("token", Texts.Token, FieldType.Secret) { Required = true, Help = help, Rule = Word };

    /// <summary>An address that is a secret, since whoever has it can write there.</summary>
    public static Field Webhook(Text help) =>
        new("url", Texts.Url, FieldType.Secret) { Required = true, Help = help, Rule = SecretUrl };

    /// <summary>What may stand in a header or an address as it is.</summary>
    public static Text? Word(string value) =>
        value.Length <= 500
            && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '~' or ':' or '=' or '+' or '/')
            ? null : Texts.ContainsBlankOrCharacter;

    public static Text? SecretUrl(string value) =>
        value.Length > 2000
            || value.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '"' or '\'' or '\\' or '<' or '>' or '#'
                or '@' || c > 0x7e) ? Texts.ContainsBlankOrCharacterAddress
        : !Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")
            || AddressRules.Host(url.IdnHost.Trim('[', ']')) is not null ? Texts.NotAddressBeginsHttps
        : null;

    public static HttpRequestMessage Post(string address, JsonNode body, NoticeMessage about)
    {
        var request = new HttpRequestMessage(HttpMethod.Post,
            address)
        {
            Content = new StringContent(body.ToJsonString(JsonSerializerOptions.Web), Encoding.UTF8,
                "application/json")
        };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", HeaderKey(about));
        return request;
    }

    /// <summary>The key of a message, as a header takes it.</summary>
    public static string HeaderKey(NoticeMessage about) =>
        string.Concat(about.Key.Select(c => c is > ' ' and < '\u007f' and not '"' ? c : '_'));

    /// <summary>The text with what it is about, and where to look: for services that show plain text.</summary>
    public static string Body(NoticeMessage about, bool link = false) =>
        string.Join("\n",
            ((string?[])[about.Text, $"{(about.Subject is null ? "" : about.Subject + " · ")}{about.Installation}",
                link ? about.Url : null]).Where(l => !string.IsNullOrEmpty(l)));

    public static string Cut(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1)] + "…";
}
