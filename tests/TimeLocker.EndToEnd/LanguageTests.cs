using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>
/// All pages of the made-up fleet in a language that nobody speaks, in which each text stands in brackets and is longer: what has
/// no brackets was not looked up, and what is cut off has no room for another language.
/// </summary>
public sealed partial class LanguageTests : IAsyncLifetime
{
    private const string Look = """
        () => {
            const isData = e => !e.translate || e.closest('code, pre, kbd, time, samp, script, style, noscript, svg, .mono, .secret') !== null;
            const names = new Set([...document.body.querySelectorAll('[translate=no], .mono')].map(e => e.textContent.trim()));
            const said = [], cut = [];
            const shown = e => e.checkVisibility();
            const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            for (let node; (node = walk.nextNode());) {
                const at = node.parentElement;
                if (!isData(at) && shown(at) && !names.has(node.data.trim())) said.push([node.data, at.tagName + '.' + at.className]);
            }
            for (const at of document.body.querySelectorAll('*')) {
                if (isData(at)) continue;
                for (const name of ['title', 'aria-label', 'alt', 'aria-roledescription', 'aria-valuetext', 'label']) {
                    if (at.getAttribute(name) && !names.has(at.getAttribute(name))) said.push([at.getAttribute(name), at.tagName + '@' + name]);
                }
                if (!shown(at) || ![...at.childNodes].some(n => n.nodeType === 3 && n.data.includes('⟦'))) continue;
                const cell = at.closest('.card, .dock-run, .rail, .message'), box = at.getBoundingClientRect();
                const short = at.clientWidth > 1 && at.scrollWidth > at.clientWidth + 1 && !(at.closest('[title]') && getComputedStyle(at).textOverflow === 'ellipsis');
                if (short || (cell && box.width > 1 && box.right > cell.getBoundingClientRect().right + 1 && !at.closest('.tabs')))
                    cut.push(at.tagName + '.' + at.className + ': ' + at.textContent.trim());
            }
            const wide = document.documentElement.scrollWidth - innerWidth;
            if (wide > 0) cut.push('the page is ' + wide + ' px too wide');
            return JSON.stringify({ said: [[names.has(document.title.split(' · ')[0]) ? '' : document.title, 'TITLE'], ...said], cut });
        }
        """;

    private sealed class Demo : ServerProcess
    {
        protected override bool SetsUp => false;
    }

    private sealed record Seen(string[][] Said, string[] Cut);

    private readonly Demo server = new() { More = ["--demo"] };
    private Browser browser = null!;

    public async Task InitializeAsync()
    {
        browser = await Browser.OpenAsync();
        await server.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await browser.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Every_page_speaks_the_language_of_its_reader_and_has_room_for_it()
    {
        var english = await browser.PageAsync(server.Address);
        await english.SignInAsync("demo", "demo-demo-demo");
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var width in (int[])[1280, 390])
        {
            var page = await browser.PageAsync(server.Address, width, 844, english);
            await page.Context.SetExtraHTTPHeadersAsync([new("Accept-Language", "qps-Ploc")]);
            await foreach (var (address, seen) in WalkAsync(page))
            {
                found.UnionWith(seen.Said.Where(said => Letters().IsMatch(Unbracketed(said[0])))
                    .Select(said => $"{address} {said[1]}: {said[0].Trim()}"));
                found.UnionWith(seen.Cut.Select(cut => $"{address} at {width} px: {cut}"));
            }
        }

        found.ShouldBeEmpty();
        browser.Complaints.ShouldBeEmpty();
    }

    // From the first page on wherever a link leads, each kind of page once.
    private static async IAsyncEnumerable<(string Address, Seen Seen)> WalkAsync(IPage page)
    {
        var (known, open) = (new HashSet<string>(), new Queue<string>([""]));
        while (open.TryDequeue(out var address))
        {
            await page.GotoAsync(address);
            await page.WaitForSelectorAsync("html[data-ready], html:not(:has(script[type=module]))",
                new() { State = WaitForSelectorState.Attached });
            await page.WaitForSelectorAsync("h1");
            yield return (address,
                JsonSerializer.Deserialize<Seen>(await page.EvaluateAsync<string>(Look), JsonSerializerOptions.Web)!);
            var links = await page.Locator("a[href]")
                .EvaluateAllAsync<string[]>(
                "all => all.filter(a => a.origin === location.origin && !a.download).map(a => (a.pathname + a.search).slice(1))");
            foreach (var link in links.Where(link => !$"{link}/".StartsWith("api/", StringComparison.Ordinal)
                && !link.Contains('#') && known.Add(Kind(link))))
            {
                open.Enqueue(link);
            }
        }
    }

    private static string Kind(string link) => Id().Replace(link, "*");

    private static string Unbracketed(string said)
    {
        while (Bracketed().Replace(said, "") is var less && less != said)
        {
            said = less;
        }

        return Data().Replace(said, "");
    }

    [GeneratedRegex("⟦[^⟦⟧]*⟧")]
    private static partial Regex Bracketed();

    // Moments, units, and names of programs.
    [GeneratedRegex(@"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun|UTC)\b|"
        + @"\b(January|February|March|April|May|June|July|August|September|October|November|December)\b|"
        + @"(?<=\d )(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b|(?<=[\d ])(B|s|min|h|d)\b|\b[KMGTPE]iB\b|TimeLocker|restic")]
    private static partial Regex Data();

    [GeneratedRegex(@"\p{L}{2}")]
    private static partial Regex Letters();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f-]{27}|(?<=(after|repository|plan|snapshot|copyOf)=)[^&]+")]
    private static partial Regex Id();
}
