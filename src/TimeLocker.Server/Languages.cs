using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Localization;
using TimeLocker.Core;

namespace TimeLocker.Server;

/// <summary>
/// In which language pages and the API answer: what the browser or program asks for with <c>Accept-Language</c>, else English.
/// A circuit keeps that of the request it began with.
/// </summary>
internal static class Languages
{
    private static readonly CultureInfo[] Known = [new("en"), new(TextCatalog.PseudoLanguage)];

    public static void UseLanguages(this IApplicationBuilder app) => app.UseRequestLocalization(new RequestLocalizationOptions
    {
        DefaultRequestCulture = new(CultureInfo.InvariantCulture, Known[0]),
        // numbers and dates have one form, which says what it means in each language
        SupportedCultures = [CultureInfo.InvariantCulture],
        SupportedUICultures = Known,
        RequestCultureProviders = [new AcceptLanguageHeaderRequestCultureProvider()],
        ApplyCurrentCultureToResponseHeaders = true,
    });
}
