using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Identity;

/// <summary>Over TLS a cookie is named <c>__Host-…</c>: the browser then accepts it from this very host only, secure and for all paths.</summary>
internal sealed class HostCookies : ICookieManager
{
    private readonly ChunkingCookieManager inner = new() { ThrowForPartialCookies = false };

    public string? GetRequestCookie(HttpContext context, string key) => inner.GetRequestCookie(context, Named(context, key));
    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) => inner.AppendResponseCookie(context, Named(context, key), value, options);
    public void DeleteCookie(HttpContext context, string key, CookieOptions options) => inner.DeleteCookie(context, Named(context, key), options);

    internal static string Named(HttpContext context, string key) => context.Request.IsHttps ? "__Host-" + key : key;
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
        if (context.Request.Cookies[HostCookies.Named(context, name)] is not { } value)
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

    public void Write(HttpContext context, User user) => context.Response.Cookies.Append(HostCookies.Named(context, name),
        protector.Protect($"{user.Id}:{RandomNumberGenerator.GetHexString(16)}"),
        new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, IsEssential = true, Path = "/", MaxAge = TimeSpan.FromDays(180) });
}
