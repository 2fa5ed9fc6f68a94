using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Api;
using TimeLocker.Server.Background;
using TimeLocker.Server.Data;
using TimeLocker.Server.Secrets;

namespace TimeLocker.Server.Identity;

/// <summary>Accounts, sessions, tokens, secrets: everything that decides who may come in and what stays hidden.</summary>
public static class IdentitySetup
{
    private const string AnyScheme = "any";

    /// <summary>
    /// Needs beside it: <see cref="ServerOptions"/>, <see cref="Installation"/>, the extensions, <c>AuditLog</c>, the
    /// database factory and a clock.
    /// </summary>
    public static IServiceCollection AddTimeLockerIdentity(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton<VaultKey>().AddSingleton<SecretVault>().AddSingleton<SecretKeys>()
            .AddSingleton<SecretFilter>().AddProtectionKeys(options);
        services.AddSingleton<Accounts>().AddSingleton<SignInDelay>().AddWork<Sessions>().AddSingleton<OwnerToken>()
            .AddSingleton<DeviceCookie>();
        services.AddSingleton<SetupGate>().AddSingleton<SignInDesk>().AddSingleton<UserCatalog>()
            .AddSingleton<TokenCatalog>().AddSingleton<PublicAddress>();
        services.AddSingleton<IPasswordHasher<User>, PasswordHasher<User>>().AddSingleton<ILookupNormalizer,
            UpperInvariantLookupNormalizer>();
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = 210_000);
        services.AddScoped(s => s.GetRequiredService<IDbContextFactory<TimeLockerDb>>().CreateDbContext());
        services.AddIdentityCore<User>(identity => identity.Stores.SchemaVersion = IdentitySchemaVersions.Version3)
            .AddEntityFrameworkStores<TimeLockerDb>();
        services.AddHttpContextAccessor().AddScoped(CurrentActor);
        services.AddCascadingAuthenticationState();
        services.AddAntiforgery(form =>
        {
            form.Cookie.Name = $"timelocker-form-{options.Port}";
            form.Cookie.SameSite = SameSiteMode.Strict;
            form.SuppressXFrameOptionsHeader = true; // every answer has one
        });
        AddSchemes(services, options);
        return services.AddRateLimits();
    }

    /// <summary>
    /// Who asks, in a request to an operation. Pages get theirs from the circuit's sign-in, see
    /// <see cref="ActorClaims.AsActor"/>.
    /// </summary>
    private static Actor CurrentActor(IServiceProvider services) =>
        services.GetRequiredService<IHttpContextAccessor>().HttpContext is { } context && context.User.AsActor() is { } who
            ? who.Having(EntityTag.Seen(context.Request))
        : throw new ProblemException(ProblemKind.Unauthorized, Problems.NobodySignedInRequest);

    private static void AddSchemes(IServiceCollection services, ServerOptions options)
    {
        services.AddAuthentication(AnyScheme)
            .AddPolicyScheme(AnyScheme, null,
            any => any.ForwardDefaultSelector = context => TokenScheme.IsUsedBy(context.Request) ? TokenScheme.Name
                : IdentityConstants.ApplicationScheme)
            .AddScheme<AuthenticationSchemeOptions, TokenScheme>(TokenScheme.Name, null)
            .AddCookie(IdentityConstants.ApplicationScheme, cookie =>
            {
                cookie.Cookie.Name = $"timelocker-{options.Port}";
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Strict;
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                cookie.ExpireTimeSpan = Sessions.Length;
                cookie.SlidingExpiration = true;
                cookie.LoginPath = "/login";
                cookie.ReturnUrlParameter = "returnUrl";
                cookie.Events = Events();
            });
        // Whatever does not say who may use it is for people who are signed in.
        services.AddAuthorization(rules => rules.FallbackPolicy =
            new AuthorizationPolicyBuilder(AnyScheme).RequireAuthenticatedUser().Build());
    }

    private static CookieAuthenticationEvents Events() => new()
    {
        OnValidatePrincipal = async context =>
        {
            if (!await context.HttpContext.RequestServices.GetRequiredService<Sessions>().HoldsAsync(context.Principal!,
                context.HttpContext.RequestAborted))
            {
                context.RejectPrincipal();
                await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
            }
        },
        OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized),
        OnRedirectToAccessDenied = context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        },
    };

    private static Task Answer(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (TokenScheme.IsForPrograms(context.Request) || context.Request.Path.StartsWithSegments("/_blazor")
            || !HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.StatusCode = status;
        }
        else
        {
            context.Response.Redirect(context.RedirectUri);
        }

        return Task.CompletedTask;
    }
}
