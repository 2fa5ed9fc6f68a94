using System.Net;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Core;
using TimeLocker.Server.Identity;

namespace TimeLocker.Server.Api;

/// <summary>Ways in are limited per address, programs per token. Pages are not: their circuit asks once.</summary>
internal static class RateLimits
{
    internal const int SignInsAMinute = 20;
    private const int CallsASecond = 100, CallsAtOnce = 500;

    public static IServiceCollection AddRateLimits(this IServiceCollection services) => services.AddRateLimiter(limiter =>
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(Partition);
        limiter.OnRejected = async (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Ceiling(after.TotalSeconds) : 1;
            rejected.HttpContext.Response.Headers.RetryAfter = $"{wait}";
            await Guards.RefuseAsync(rejected.HttpContext, ProblemKind.TooMany, new("Too many requests.", "There is a limit on how many are answered in a time.", $"Try again in {wait} seconds."));
        };
    });

    private static RateLimitPartition<string> Partition(HttpContext context)
    {
        if (HttpMethods.IsPost(context.Request.Method) && context.Request.Path.Value is ("/login" or "/setup"))
        {
            return RateLimitPartition.GetFixedWindowLimiter($"in:{Address(context.Connection.RemoteIpAddress)}", _ => new() { PermitLimit = SignInsAMinute, Window = TimeSpan.FromMinutes(1) });
        }

        return TokenScheme.IsForPrograms(context.Request)
            ? RateLimitPartition.GetTokenBucketLimiter($"api:{context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? Address(context.Connection.RemoteIpAddress)}",
                _ => new() { TokenLimit = CallsAtOnce, TokensPerPeriod = CallsASecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1) })
            : RateLimitPartition.GetNoLimiter("");
    }

    // One who has an IPv6 address has 2^64 of them.
    private static string Address(IPAddress? address) => address is null ? "" : address.IsIPv4MappedToIPv6 || address.GetAddressBytes().Length == 4
        ? address.ToString() : Convert.ToHexString(address.GetAddressBytes()[..8]);
}
