using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;
using TimeLocker.Commands;
using TimeLocker.Core;
using TimeLocker.Server.Api;

namespace TimeLocker;

/// <summary>What commands print: tables for people, JSON for programs, problems on stderr in both.</summary>
internal sealed class Output(bool json)
{
    private static readonly JsonSerializerOptions Pretty = new(ApiJson.Options) { WriteIndented = true };

    public bool Json => json;

    public void Value(object? value) => Console.WriteLine(JsonSerializer.Serialize(value, json ? ApiJson.Options : Pretty));

    public void Line(string text)
    {
        if (!json)
        {
            Console.WriteLine(text);
        }
    }

    /// <summary>The answer for programs, these lines for people.</summary>
    public int Say(object? answer, params ReadOnlySpan<string> lines)
    {
        if (json)
        {
            Value(answer);
            return Exit.Ok;
        }

        foreach (var line in lines)
        {
            Console.WriteLine(line);
        }

        return Exit.Ok;
    }

    /// <summary>A table of some members of JSON objects; the whole answer as JSON where that was asked for.</summary>
    public int Table(JsonNode? answer, params ReadOnlySpan<(Text Title, Func<JsonNode, string?> Cell)> columns)
    {
        if (json)
        {
            Console.WriteLine(answer?.ToJsonString() ?? "null");
            return Exit.Ok;
        }

        var table = new Table().Border(TableBorder.None);
        foreach (var (title, _) in columns)
        {
            table.AddColumn(new TableColumn(new Markup($"[bold]{Markup.Escape(title)}[/]"))
            {
                NoWrap = Names.AreWhole(title),
            });
        }

        foreach (var row in (answer as JsonArray ?? answer?["items"] as JsonArray ?? []).OfType<JsonNode>())
        {
            var cells = new List<Spectre.Console.Text>();
            foreach (var (_, cell) in columns)
            {
                cells.Add(new Spectre.Console.Text(Visible(cell(row) ?? "")));
            }

            table.AddRow(cells);
        }

        if (table.Rows.Count == 0)
        {
            Console.WriteLine(Texts.NothingYet);
            return Exit.Ok;
        }

        Screen().Write(table);
        return Exit.Ok;
    }

    // In a pipe nothing is coloured and nothing is wrapped.
    private static IAnsiConsole Screen()
    {
        var screen =
            AnsiConsole.Create(new AnsiConsoleSettings
            {
                Ansi = Console.IsOutputRedirected ? AnsiSupport.No
                : AnsiSupport.Detect
            });
        screen.Profile.Width = Console.IsOutputRedirected ? 400 : screen.Profile.Width;
        return screen;
    }

    /// <summary>Names come from backups: a control character in one must not drive the terminal.</summary>
    public static string Visible(string text) =>
        string.Concat(text.Select(c => c < ' ' ? (char)(0x2400 + c) : c is '\u007f' ? '␡'
            : char.IsControl(c) || c is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069' ? '\uFFFD' : c));

    public int Fail(ProblemException fault)
    {
        if (json)
        {
            Console.Error.WriteLine(JsonSerializer.Serialize(new
            {
                kind = fault.Kind,
                what = fault.Problem.What.Full,
                why = fault.Problem.Why.Full,
                next = fault.Problem.Next.Full
            }, ApiJson.Options));
        }
        else
        {
            Complain(fault.Problem.What.Full, fault.Problem.Why.Full, fault.Problem.Next.Full);
        }

        return Exit.Of(fault.Kind);
    }

    /// <summary>A problem, for people.</summary>
    public static void Complain(string what, string why, string next)
    {
        Console.Error.WriteLine(Visible(what));
        Console.Error.WriteLine(Texts.WhyLine(Visible(why)));
        Console.Error.WriteLine(Texts.NextLine(Visible(next)));
    }
}
