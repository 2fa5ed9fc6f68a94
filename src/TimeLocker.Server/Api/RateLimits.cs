using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Core;
using TimeLocker.Server.Identity;

namespace TimeLocker.Server.Api;

/// <summary>Ways in are limited per address, programs per token. Pages are not: their circuit asks once.</summary>
/// <remarks>The framework's limiter wakes twenty times a second for ever. Here a bucket fills by the clock when it is
/// asked, so nothing runs while nobody asks.</remarks>
internal sealed class RateLimits(TimeProvider clock)
{
    internal const int SignInsAMinute = 20;
    private const int CallsASecond = 100, CallsAtOnce = 500, MostBuckets = 1000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Bucket> buckets = [];

    private sealed record Bucket(double AtOnce, double ASecond, double Left, DateTimeOffset At);

    /// <summary>Takes one, or says how long to wait for the next.</summary>
    public TimeSpan? Take(string who, double atOnce, double aSecond)
    {
        lock (gate)
        {
            if (buckets.Count >= MostBuckets)
            {
                Forget();
            }

            var left = buckets.TryGetValue(who, out var known) ? LeftIn(known) : atOnce;
            buckets[who] = new(atOnce, aSecond, left >= 1 ? left - 1 : left, clock.GetUtcNow());
            return left >= 1 ? null : TimeSpan.FromSeconds((1 - left) / aSecond);
        }
    }

    internal TimeSpan? Take(HttpContext context)
    {
        if (HttpMethods.IsPost(context.Request.Method) && context.Request.Path.Value is ("/login" or "/setup"))
        {
            return Take($"in:{Address(context.Connection.RemoteIpAddress)}", SignInsAMinute, SignInsAMinute / 60.0);
        }

        return TokenScheme.IsForPrograms(context.Request)
            ? Take($"api:{context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? Address(context.Connection.RemoteIpAddress)}", CallsAtOnce, CallsASecond)
            : null;
    }

    private double LeftIn(Bucket bucket) =>
        Math.Clamp(bucket.Left + ((clock.GetUtcNow() - bucket.At).TotalSeconds * bucket.ASecond), 0, bucket.AtOnce);

    // A full bucket is the same as none.
    private void Forget()
    {
        foreach (var (who, _) in buckets.Where(b => LeftIn(b.Value) >= b.Value.AtOnce).ToList())
        {
            buckets.Remove(who);
        }
    }

    // One who has an IPv6 address has 2^64 of them.
    private static string Address(IPAddress? address) =>
        address is null ? "" : address.IsIPv4MappedToIPv6 || address.GetAddressBytes().Length == 4
        ? address.ToString() : Convert.ToHexString(address.GetAddressBytes()[..8]);
}

public static class RateLimiting
{
    public static IServiceCollection AddRateLimits(this IServiceCollection services) => services.AddSingleton<RateLimits>();

    /// <summary>After authentication: a program is known by its token.</summary>
    public static void UseRateLimits(this IApplicationBuilder app)
    {
        var limits = app.ApplicationServices.GetRequiredService<RateLimits>();
        app.Use((context, next) =>
        {
            if (limits.Take(context) is not { } wait)
            {
                return next(context);
            }

            var seconds = Math.Ceiling(wait.TotalSeconds);
            context.Response.Headers.RetryAfter = $"{seconds}";
            return Guards.RefuseAsync(context, ProblemKind.TooMany, Problems.TooManyRequestsLimit(seconds));
        });
    }
}
