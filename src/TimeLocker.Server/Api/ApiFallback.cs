using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Template;
using TimeLocker.Core;

namespace TimeLocker.Server.Api;

/// <summary>
/// A request that no operation takes: nothing is there, it is another verb's, or its body is no JSON (as curl sends it
/// unless told).
/// </summary>
internal static class ApiFallback
{
    public static Task AnswerAsync(HttpContext context, OperationMap map)
    {
        var here = map.All.Where(o => new TemplateMatcher(TemplateParser.Parse(Rest.Prefix[1..] + o.Route),
            []).TryMatch(context.Request.Path, [])).ToList();
        if (here.Count == 0)
        {
            throw ProblemException.NotFound(Texts.Operation, Texts.SeeOpenapiJson(Rest.Prefix));
        }

        if (here.All(o => o.Method.Method != context.Request.Method))
        {
            var verbs = string.Join(", ", here.Select(o => o.Method.Method));
            context.Response.Headers.Allow = verbs;
            return Rest.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, ProblemKind.Invalid,
                WrongVerb(context.Request.Method, verbs));
        }

        return Rest.WriteAsync(context, StatusCodes.Status415UnsupportedMediaType, ProblemKind.Invalid,
            NoJson(context.Request.ContentType));
    }

    public static Problem WrongVerb(string verb, string possible) =>
        Problems.NotPossibleHereAddress(verb, possible, Rest.Prefix);

    public static Problem NoJson(string? type) => Problems.RequestNotJsonContent(type);
}
