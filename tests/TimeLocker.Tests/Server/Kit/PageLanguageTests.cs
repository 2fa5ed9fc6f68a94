using System.Globalization;
using Bunit;
using Microsoft.AspNetCore.Components.Rendering;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Server.Kit;
using Xunit;

namespace TimeLocker.Tests.Server.Kit;

/// <summary>A page stays in its reader's language, whoever has it drawn again.</summary>
public sealed class PageLanguageTests : PageContext
{
    private static readonly CultureInfo Reader = new(TextCatalog.PseudoLanguage), Work = new("en");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_goes_on_in_the_background_speaks_the_readers_language(bool waits)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = Reader;
        var page = Render<Watching>();
        CultureInfo.CurrentUICulture = Work;
        page.Markup.ShouldBe("qps-Ploc 0");

        await page.Instance.TellAsync(waits);

        page.Markup.ShouldBe("qps-Ploc 1");
        CultureInfo.CurrentUICulture.ShouldBe(Work, "whoever told it goes on in its own");
        CultureInfo.CurrentUICulture = before;
    }

    private sealed class Watching : GuardedComponent
    {
        private int told;

        public Task TellAsync(bool waits) => waits
            ? InvokeAsync(async () =>
            {
                await Task.Yield();
                told++;
                StateHasChanged();
            })
            : InvokeAsync(() =>
            {
                told++;
                StateHasChanged();
            });

        protected override void BuildRenderTree(RenderTreeBuilder builder) =>
            builder.AddContent(0, $"{CultureInfo.CurrentUICulture.Name} {told}");
    }
}
