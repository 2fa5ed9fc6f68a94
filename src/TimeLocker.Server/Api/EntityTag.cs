using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using TimeLocker.Core;
using TimeLocker.Core.Revisions;

namespace TimeLocker.Server.Api;

/// <summary>A thing's revision as HTTP has it: <c>ETag: "3"</c> with an answer, <c>If-Match: "3"</c> with a change.</summary>
internal static class EntityTag
{
    public static void Write(HttpResponse response, object? answer)
    {
        if (answer is IRevised { Revision: > 0 and var revision })
        {
            response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");
        }
    }

    /// <returns>See <see cref="Actor.Seen"/>. A tag that a proxy made weak (W/"3") names the same revision.</returns>
    public static int? Seen(HttpRequest request)
    {
        var given = request.Headers.IfMatch.ToString().Trim();
        return given.Length == 0 ? null
            : given == "*" ? 0
            : EntityTagHeaderValue.TryParse(given, out var tag)
                && int.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
                && revision > 0
                ? revision
            : throw ProblemException.Invalid(Problems.IfMatchCannotRead);
    }
}
