using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Core;
using TimeLocker.Server.Data;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Feeds;

/// <summary>What other programs come and read again and again: /metrics and /calendar.ics.</summary>
public static class FeedRoutes
{
    public static IServiceCollection AddFeeds(this IServiceCollection services)
    {
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, FeedScheme>(FeedScheme.Name, null);
        return services
            .AddSingleton<RunCounts>()
            .AddSingleton<MetricsFeed>()
            .AddSingleton<CalendarFeed>();
    }

    public static bool Has(HttpRequest request) => request.Path == "/metrics" || request.Path == "/calendar.ics";

    public static void MapFeeds(this IEndpointRouteBuilder routes)
    {
        var policy = new AuthorizationPolicyBuilder(FeedScheme.Name).RequireAuthenticatedUser().Build();
        routes.MapMethods("/metrics", Read,
            async (MetricsFeed metrics, CancellationToken ct) => Results.Text(await metrics.WriteAsync(ct),
                PrometheusText.ContentType))
            .RequireAuthorization(policy).WithMetadata(new FeedScope(TokenScope.Metrics)).ExcludeFromDescription();
        routes.MapMethods("/calendar.ics", Read,
            async (CalendarFeed calendar, string? plan,
                CancellationToken ct) => Results.Text(await calendar.WriteAsync(PlanOf(plan), ct), IcsText.ContentType))
            .RequireAuthorization(policy).WithMetadata(new FeedScope(TokenScope.Calendar)).ExcludeFromDescription();
    }

    // Calendars ask for the head first.
    private static readonly string[] Read = ["GET", "HEAD"];

    private static Guid? PlanOf(string? given) => string.IsNullOrEmpty(given) ? null
        : Guid.TryParse(given, out var id) ? id
        : throw ProblemException.Invalid(Problems.NoPlanIdCopy);
}
