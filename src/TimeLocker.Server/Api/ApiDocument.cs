using System.Collections.Concurrent;
using System.Net.Mime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using TimeLocker.Core;

namespace TimeLocker.Server.Api;

/// <summary>
/// The OpenAPI document of the operations, and the page that shows it. The document holds no secret: programs read it
/// before they have a token.
/// </summary>
public static class ApiDocument
{
    public const string Name = "v1";
    public const string Address = $"{Rest.Prefix}/openapi.json";
    private const string Token = "token";

    public static void Describe(OpenApiOptions options)
    {
        var types = new ConcurrentDictionary<string, Type> { [nameof(Refusal)] = typeof(Refusal) };
        options.ShouldInclude =
            description => description.RelativePath?.StartsWith(Rest.Prefix[1..], StringComparison.Ordinal) == true;
        options.CreateSchemaReferenceId = info =>
        {
            var (id, type) = (OpenApiOptions.CreateDefaultSchemaReferenceId(info),
                Nullable.GetUnderlyingType(info.Type) ?? info.Type);
            // Two rooms may call what they take the same.
            id = id is null || type.DeclaringType is not { } room
                ? id
                : room.Name.Replace("Operations", "", StringComparison.Ordinal) + id;
            return id is null || type == typeof(Text) ? null
                : types.GetOrAdd(id, type) == type ? id
                : throw new InvalidOperationException($"two schemas are called {id}");
        };
        options.AddSchemaTransformer((schema, context, _) =>
        {
            schema.Type = context.JsonTypeInfo.Type != typeof(Text) ? schema.Type
                : context.JsonPropertyInfo?.IsGetNullable == true ? JsonSchemaType.String | JsonSchemaType.Null
                : JsonSchemaType.String;
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(ApiAnswers.DescribeAsync);
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "TimeLocker",
                Version = Name,
                License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
                Description =
                    "Backups with restic. Every operation is here over REST, and at /rpc as JSON-RPC 2.0 under its operation id.",
            };
            document.Servers = [new OpenApiServer { Url = Rest.Prefix, Description = "This TimeLocker." }];
            var paths = new OpenApiPaths();
            foreach (var (path, item) in document.Paths)
            {
                paths.Add(path[Rest.Prefix.Length..], item);
            }

            document.Paths = paths;
            document.Tags =
                ApiText.Groups.Select(group => new OpenApiTag { Name = group.Key, Description = group.Value })
                    .ToHashSet();
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Token] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    Description =
                        "An API token, from Settings or “timelocker token create”. A browser that is signed in needs none.",
                },
            };
            document.Security = [new() { [new OpenApiSecuritySchemeReference(Token, document)] = [] }];
            foreach (var (id, schema) in document.Components.Schemas ?? new Dictionary<string, IOpenApiSchema>())
            {
                Describe(schema, types.GetValueOrDefault(id) ?? Derived(id));
            }

            return Task.CompletedTask;
        });
    }

    // What is one of several (a run's request) is named after both: the base and itself.
    private static Type Derived(string id) => typeof(Problem).Assembly.GetTypes().Single(t => id == $"{t.BaseType?.Name}{t.Name}");

    private static void Describe(IOpenApiSchema schema, Type type)
    {
        schema.Description = ApiText.Schema(type);
        foreach (var (name, field) in schema.Properties?.ToList() ?? [])
        {
            var property = FlatJson.Member(type, name);
            if (field is OpenApiSchemaReference && property is not null && FlatJson.NullIsUsual(type, property))
            {
                schema.Properties![name] = new OpenApiSchema { OneOf = [new OpenApiSchema { Type = JsonSchemaType.Null }, field] };
            }

            schema.Properties![name].Description = property is not null ? ApiText.Field(property) : "Which of several it is.";
        }
    }

    public static void MapApiDocument(this IEndpointRouteBuilder routes)
    {
        var document = new Lazy<Task<byte[]>>(() => WriteAsync(routes.ServiceProvider));
        routes.MapGet(Address, async () => Results.Bytes(await document.Value, MediaTypeNames.Application.Json))
            .AllowAnonymous().ExcludeFromDescription();
        ((IApplicationBuilder)routes).UseSwaggerUI(page =>
        {
            page.RoutePrefix = "api/docs";
            page.SwaggerEndpoint(Address, "TimeLocker");
            page.DocumentTitle = "TimeLocker API";
        });
    }

    // It never changes while the server runs, and strangers may ask for it: so it is made once.
    private static async Task<byte[]> WriteAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var document = await scope.ServiceProvider.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name)
            .GetOpenApiDocumentAsync();
        using var text = new MemoryStream();
        await document.SerializeAsJsonAsync(text, OpenApiSpecVersion.OpenApi3_1);
        return text.ToArray();
    }
}
