using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.CookiePolicy;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Identity;

/// <summary>
/// Over TLS each of our cookies is named <c>__Host-…</c>: the browser then accepts it from this very host only, secure
/// and for all paths.
/// </summary>
internal static class HostCookies
{
    private const string Ours = "timelocker-", Prefix = "__Host-";

    public static IApplicationBuilder UseHostCookies(this IApplicationBuilder app) => app.Use((context, next) =>
        {
            if (context.Request.IsHttps)
            {
                context.Request.Cookies = new Prefixed(context.Request.Cookies);
            }

            return next(context);
        })
        .UseCookiePolicy(new()
        {
            MinimumSameSitePolicy = SameSiteMode.Strict,
            HttpOnly = HttpOnlyPolicy.Always,
            Secure = CookieSecurePolicy.SameAsRequest,
            OnAppendCookie = cookie => cookie.CookieName = Named(cookie.Context, cookie.CookieName),
            OnDeleteCookie = cookie => cookie.CookieName = Named(cookie.Context, cookie.CookieName),
        });

    private static string Named(HttpContext context, string name) => context.Request.IsHttps ? Named(name) : name;

    private static string Named(string name) => name.StartsWith(Ours, StringComparison.Ordinal) ? Prefix + name : name;

    // Whoever asks for a cookie of ours gets the one with the prefix, or none.
    private sealed class Prefixed(IRequestCookieCollection sent) : IRequestCookieCollection
    {
        public string? this[string key] => sent[Named(key)];
        public int Count => sent.Count;
        public ICollection<string> Keys => sent.Keys;
        public bool ContainsKey(string key) => sent.ContainsKey(Named(key));
        public bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => sent.TryGetValue(Named(key), out value);
        public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => sent.GetEnumerator();
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

/// <summary>A browser in which this user has signed in before.</summary>
public sealed record KnownDevice(string UserId, string Number);

/// <summary>Remembers, in a cookie of its own, who has signed in with this browser. It opens nothing.</summary>
public sealed class DeviceCookie(IDataProtectionProvider protection, ServerOptions options)
{
    private readonly IDataProtector protector = protection.CreateProtector("device");
    private readonly string name = $"timelocker-device-{options.Port}";

    public KnownDevice? Read(HttpContext context)
    {
        if (context.Request.Cookies[name] is not { } value)
        {
            return null;
        }

        try
        {
            return protector.Unprotect(value).Split(':') is [var user, var number] ? new(user, number) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public void Write(HttpContext context, User user) => context.Response.Cookies.Append(name,
        protector.Protect($"{user.Id}:{RandomNumberGenerator.GetHexString(16)}"),
        new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            IsEssential = true,
            Path = "/",
            MaxAge = TimeSpan.FromDays(180),
        });
}
