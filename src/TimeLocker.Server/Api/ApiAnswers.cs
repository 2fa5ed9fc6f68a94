using System.Net.Mime;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TimeLocker.Core;
using TimeLocker.Core.Revisions;

namespace TimeLocker.Server.Api;

/// <summary>A refusal, as problem details (RFC 9457) with the words that a person needs.</summary>
/// <param name="Type">The kind of refusal: <c>about:blank#notfound</c>.</param>
/// <param name="Title">The same as <c>what</c>.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">The same as <c>why</c>.</param>
/// <param name="Code">The problem's name, whatever language its words are in; null: they are those of another program.</param>
/// <param name="What">What did not work.</param>
/// <param name="Why">Why, naming the place in the request if it is one.</param>
/// <param name="Next">What to do about it.</param>
/// <param name="Meanwhile">What somebody else has changed, if that is why.</param>
public sealed record Refusal(string Type, string Title, int Status, string Detail, string? Code, string What,
    string Why, string Next, Meanwhile? Meanwhile);

/// <summary>What an operation can answer, for the API's document.</summary>
internal static class ApiAnswers
{
    // Groups whose operations ask somebody else: restic, a machine, a service, a key-ring.
    private static readonly string[] Reaching =
        ["backends", "channels", "cleanup", "files", "keys", "machines", "plans", "repositories", "runs", "secrets",
            "snapshots", "status"];

    private static readonly (int Status, string Words, Func<Operation, bool> Of)[] Refusals =
    [
        (400, "The request cannot be read, or asks for what is not possible.", _ => true),
        (401, "Nobody is signed in: the token is missing, unknown, expired or revoked.", _ => true),
        (403, "The caller's role does not cover it.", _ => true),
        (404, "Something named in the request does not exist.",
            o => o.Route.Contains('{', StringComparison.Ordinal) || o.Method != HttpMethod.Get),
        (409, "It conflicts with what is there: a name is taken, something is running, or it was changed in the meantime.", o => o.Method != HttpMethod.Get),
        (413, "The body has more than 1 MiB.", o => o.Method != HttpMethod.Get),
        (415, "The body is not JSON.", o => o.Method != HttpMethod.Get),
        (424, "The other side refused: the repository, restic, a service, or the machine's own programs.",
            o => Reaching.Contains(o.Group)),
        (428, "It does not say which revision it is about, and would overwrite what somebody else changed.",
            o => o.Method != HttpMethod.Get),
        (429, "This address or token asked too often.", _ => true),
        (500, "A fault of TimeLocker itself; its log has the details.", _ => true),
        (503, "Something is not there now, and may be later: the repository, the machine, room on the disk, or TimeLocker is not set up yet.", _ => true),
    ];

    public static async Task DescribeAsync(OpenApiOperation described, OpenApiOperationTransformerContext context,
        CancellationToken ct)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<Operation>().FirstOrDefault() is not { } operation)
        {
            return;
        }

        foreach (var parameter in described.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            parameter.Description ??= ApiText.Parameter(parameter.Name!, operation.Route);
        }

        var good = described.Responses?.Values.FirstOrDefault()?.Content;
        described.Responses = new OpenApiResponses { [$"{operation.Status}"] = Good(operation, good) };
        if (context.Document!.Components?.Schemas?.ContainsKey(nameof(Refusal)) != true)
        {
            context.Document.AddComponent(nameof(Refusal),
                await context.GetOrCreateSchemaAsync(typeof(Refusal), cancellationToken: ct));
        }

        foreach (var (status, words, _) in Refusals.Where(r => r.Of(operation)))
        {
            described.Responses[$"{status}"] = new OpenApiResponse
            {
                Description = words,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [Rest.ProblemJson] = new() { Schema = new OpenApiSchemaReference(nameof(Refusal), context.Document) },
                },
            };
        }
    }

    private static OpenApiResponse Good(Operation operation, IDictionary<string, OpenApiMediaType>? content) => operation switch
    {
        { Status: StatusCodes.Status204NoContent } => new() { Description = "It is done." },
        { Streams: true } => new() { Description = "The stream.", Content = operation.Types.ToDictionary(type => type, Stream) },
        { Status: StatusCodes.Status201Created } => new() { Description = "It is made.", Content = content },
        _ => new() { Description = "The answer.", Content = content },
    };

    private static OpenApiMediaType Stream(string type) => new()
    {
        Schema = type.StartsWith("text/", StringComparison.Ordinal) ? new OpenApiSchema { Type = JsonSchemaType.String }
            : type == MediaTypeNames.Application.Json ? new OpenApiSchema { Type = JsonSchemaType.Object }
            : new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
    };
}
