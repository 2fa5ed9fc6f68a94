using System.Security.Claims;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Server.Identity;
using TimeLocker.Server.Notices;
using TimeLocker.Server.Shell;
using TimeLocker.Tests.Architecture;
using TimeLocker.Tests.Doubles;
using Xunit;

namespace TimeLocker.Tests.Server.Kit;

/// <summary>
/// Every field of every form gets what people paste and attackers send, and the form is then sent. Whatever has a field
/// must be on one of the pages, or behind one of their buttons: a form that nobody tries here is a failure too.
/// </summary>
public sealed partial class HostileFormsTests : BunitContext, IAsyncLifetime
{
    private const string Inputs = "input:not([type=hidden]), select, textarea";

    private readonly FaultLog log = new();
    private readonly List<string> wrong = [];
    private readonly HashSet<string> drawn = [], tried = [];
    private DemoRig rig = null!;
    private IRenderedComponent<Routes> app = null!;
    private Func<Task> open = () => Task.CompletedTask;
    private string page = "";
    private object? typed;

    public async Task InitializeAsync()
    {
        rig = await DemoRig.StartAsync();
        Services.AddLogging(logging => logging.AddProvider(log));
        await using var db = await rig.DatabaseAsync();
        var admin = await db.Users.SingleAsync();
        AddAuthorization().SetAuthorized("demo").SetClaims(new(ClaimTypes.NameIdentifier, admin.Id),
            new(ClaimTypes.Role, nameof(Role.Admin)), new(ActorClaims.Came, nameof(Via.Ui)),
            new(ActorClaims.Session, "of the test"), new(ActorClaims.Stamp, admin.SecurityStamp!));
        Services.AddFallbackServiceProvider(rig.Services);
        JSInterop.Mode = JSRuntimeMode.Loose;
        JSInterop.SetupModule(_ => true).Mode = JSRuntimeMode.Loose;
        SetRendererInfo(new RendererInfo("Server", true));
        ComponentFactories.Add(type => !drawn.Add(type.Name.Split('`')[0]) && false,
            _ => throw new NotSupportedException("it only looks on"));
    }

    Task IAsyncLifetime.DisposeAsync() => rig.DisposeAsync().AsTask();

    [Fact]
    public async Task No_value_in_any_field_of_any_form_takes_the_page_with_it()
    {
        foreach (var (one, until) in await PagesAsync())
        {
            page = Shape(one);
            await OnAsync(() => GoAsync(one, until));
            var buttons = Buttons().Select((b, n) => (Key: KeyOf(b), n)).ToList();
            foreach (var (key, n) in buttons.Where(b => tried.Add(b.Key)))
            {
                await OnAsync(() => PressAsync(one, until, n, key));
            }
        }

        wrong.ShouldBeEmpty();
        rig.Faults.ShouldBeEmpty();
        WithFields().Except(drawn).ShouldBeEmpty("no page of the test leads to them");
    }

    private async Task OnAsync(Func<Task> way)
    {
        open = way;
        await open();
        await FillAsync(choices: true);
    }

    // By position, since what is typed may change the names of fields. A choice may show more of them: these are tried within it.
    private async Task FillAsync(bool choices)
    {
        for (var n = 0; n < Fields().Count; n++)
        {
            var field = Fields()[n];
            var key = KeyOf(field);
            if (field.HasAttribute("disabled") || !tried.Add(key))
            {
                continue;
            }

            var chosen = Choices(field);
            foreach (var value in chosen ?? Hostile.Usual)
            {
                await TypeAsync(n, key, value);
                if (chosen is not null && choices)
                {
                    await FillAsync(choices: false);
                }
            }

            if (chosen is null)
            {
                await SendAsync(n, key);
            }
        }
    }

    private async Task TypeAsync(int n, string key, object value)
    {
        if (Fields().ElementAtOrDefault(n) is { } field && KeyOf(field) == key
            && ((string[])["oninput",
                "onchange"]).FirstOrDefault(name => field.HasAttribute($"blazor:{name}")) is { } name)
        {
            typed = value;
            await field.TriggerEventAsync(name, new ChangeEventArgs { Value = value });
            await LookAsync($"{key} = {Short(value)}");
        }
    }

    private async Task SendAsync(int n, string key)
    {
        if (Fields().ElementAtOrDefault(n) is not { } field || KeyOf(field) != key)
        {
            // it may be shown instead, with a way to change it
            if (!app.Find("#main").TextContent.Contains($"{typed}", StringComparison.Ordinal))
            {
                wrong.Add($"{key} went away while somebody typed in it");
            }

            await open();
        }
        else if (field.Closest("form[blazor\\:onsubmit]") is { } form)
        {
            await SentAsync(n, key, () => form.TriggerEventAsync("onsubmit", EventArgs.Empty));
        }
        else if (field.Closest("dialog, .card")?.QuerySelector("button.primary:not([disabled])") is { } button
            && button.HasAttribute("blazor:onclick"))
        {
            await SentAsync(n, key, () => button.ClickAsync(new()));
        }
    }

    private async Task SentAsync(int n, string key, Func<Task> send)
    {
        await send();
        await LookAsync($"{key} was sent");
        if (Fields().ElementAtOrDefault(n) is not { } field || KeyOf(field) != key)
        {
            await open(); // it was taken, and led elsewhere
        }
    }

    private async Task LookAsync(string after)
    {
        while (log.Faults.TryDequeue(out var fault))
        {
            wrong.Add($"{after}: {fault.Split("\n   at Microsoft")[0]}");
        }

        if (app.FindAll("#main").SingleOrDefault()?.TextContent is not { } text
            || text.Contains("Something broke", StringComparison.Ordinal))
        {
            wrong.Add($"{after}: took the page with it");
            await open();
        }
    }

    /// <summary>Leaves where it is and comes to the page anew.</summary>
    private async Task GoAsync(string to, string until)
    {
        await DisposeComponentsAsync();
        Services.GetRequiredService<NavigationManager>().NavigateTo(to);
        app = Render<Routes>(p => p.Add(c => c.Zone, "Europe/Berlin"));
        await app.WaitForStateAsync(() => app.FindAll(until).Count > 0, TimeSpan.FromMinutes(5));
    }

    private async Task PressAsync(string on, string until, int n, string key)
    {
        await GoAsync(on, until);
        if (Buttons().ElementAtOrDefault(n) is { } button && KeyOf(button) == key && !button.HasAttribute("disabled"))
        {
            await button.ClickAsync(new());
            await LookAsync($"{key} was pressed");
        }
    }

    /// <returns>Addresses, and what is on the page once it has been read.</returns>
    private async Task<IReadOnlyList<(string Path, string Until)>> PagesAsync()
    {
        const string Anything = "#main input, #main select, #main textarea, #main button", Form = "#main form input",
            Boxes = "#main [role=checkbox]";
        await using var db = await rig.DatabaseAsync();
        var plan = await db.Plans.Where(p => p.OpenAnomalies > 0).Select(p => p.Id).FirstAsync();
        var snapshot = await db.Snapshots.OrderByDescending(s => s.Time).FirstAsync();
        var place = $"/repositories/{snapshot.RepositoryId}";
        var copy = await db.Repositories.Where(r => r.CopyOfId != null).Select(r => r.Id).FirstAsync();
        var rule = await db.NoticeRules.Select(r => r.Id).FirstAsync();
        (string, string) Simple(string path) => (path, Anything);
        return
        [
            .. ((string[])["/plans/new", "/start", "/plans", $"/plans/{plan}/edit", $"/plans/{plan}"]).Select(Simple),
            .. ((string[])["what", "when", "hooks"]).Select(tab => Simple($"/plans/{plan}?tab={tab}")),
                ($"/plans/{plan}?tab=keep", "#main [name=keep-kind]"),
            Simple("/repositories/new"),
                .. ((string[])["maintenance", "keys", "connection", "limits", "recovery",
                    "repair"]).Select(tab => Simple($"{place}/{tab}")),
            ($"{place}/snapshots", Boxes), ($"/repositories/{copy}/keep", "#main [name=copy-kind]"),
            Simple("/restore"), ($"/restore?repository={snapshot.RepositoryId}&snapshot={snapshot.Id}", Boxes),
            .. ((string[])["/activity", $"/runs/{await db.Anomalies.Select(a => a.RunId).FirstAsync()}", "/notices",
                "/"]).Select(Simple),
            .. rig.Get<ChannelKinds>().All.Select(kind => ($"/settings/notifications/new?kind={kind.Kind}", Form)),
            ($"/settings/notifications/{await db.Channels.Select(c => c.Id).FirstAsync()}", Form),
            ("/settings/notifications/rules/new", Form), ($"/settings/notifications/rules/{rule}", Form),
                ("/settings/policies", "#main .card-head button"),
            .. ((string[])["general", "users", "tokens", "secrets", "notifications",
                "cleanup"]).Select(tab => Simple($"/settings/{tab}")), Simple("/account"),
        ];
    }

    private static IEnumerable<string> WithFields() => from file in Sources.OfTheProduct()
                                                       where file.Name.EndsWith(".razor", StringComparison.Ordinal)
                                                           && Field().IsMatch(file.Text)
                                                       select Path.GetFileNameWithoutExtension(file.Name);

    private List<IElement> Fields() =>
        [.. app.FindAll("#main, dialog").SelectMany(part => part.QuerySelectorAll(Inputs)).Distinct()];

    private List<IElement> Buttons() =>
        [.. app.FindAll("nav .find, #main button[type=button]").Where(b => b.HasAttribute("blazor:onclick"))];

    // What it is called by those who see it; the buttons of one choice share their name.
    private string KeyOf(IElement part) =>
        Shape($"{(part.HasAttribute("id") ? "" : page)} {part.TagName} {part.GetAttribute("type")} "
        + (part.GetAttribute("id") ?? part.GetAttribute("aria-label")
            ?? part.Closest("label, button")?.TextContent.Trim() ?? part.GetAttribute("name")));

    // Names and numbers of things are no other sort of field.
    private static string Shape(string text) => Numbers().Replace(text, "*");

    private static IReadOnlyList<object>? Choices(IElement field) =>
        field.TagName == "SELECT"
            ? [.. field.QuerySelectorAll("option").Take(20).Select(o => o.GetAttribute("value") ?? o.TextContent)]
        : field.GetAttribute("type") is "checkbox" or "radio" ? [true, false, true] : null;

    private static string Short(object value) => $"{value}" is { Length: > 40 } text ? text[..40] : $"{value}";

    [GeneratedRegex(@"<(input|select|textarea|TextField|NumberField|TimeField|DateField|DateTimeField|Checkbox|Radio|Select|TextArea)\b[^>]*@(bind|on(change|input))\b")]
    private static partial Regex Field();

    [GeneratedRegex(@"[0-9a-f-]{8,}|\d+")]
    private static partial Regex Numbers();
}
