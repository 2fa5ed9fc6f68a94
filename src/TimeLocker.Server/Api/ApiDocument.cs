using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace TimeLocker.Server.Api;

/// <summary>The OpenAPI document of the operations, and the page that shows it.</summary>
public static class ApiDocument
{
    public const string Name = "v1";
    public const string Address = $"{Rest.Prefix}/openapi.json";

    public static void Describe(OpenApiOptions options)
    {
        options.ShouldInclude = description => description.RelativePath?.StartsWith(Rest.Prefix[1..], StringComparison.Ordinal) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "TimeLocker", Version = Name, Description = "Backups with restic. Every operation is here over REST, and at /rpc as JSON-RPC 2.0 under its operation id." };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                ["token"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API token, from Settings or “timelocker token create”." },
            };
            return Task.CompletedTask;
        });
    }

    public static void MapApiDocument(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi(Address.Replace("v1/openapi", "{documentName}/openapi", StringComparison.Ordinal)).RequireAuthorization(ApiAccess.Policy);
        ((IApplicationBuilder)routes).UseSwaggerUI(page =>
        {
            page.RoutePrefix = "api/docs";
            page.SwaggerEndpoint(Address, "TimeLocker");
            page.DocumentTitle = "TimeLocker API";
        });
    }
}
