using System.Globalization;
using System.Text.Json;
using Shouldly;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Triggers;
using TimeLocker.Server.Api;
using TimeLocker.Server.Data;
using Xunit;

namespace TimeLocker.Tests.Core;

/// <summary>
/// A problem knows which of its words are names of files, however they are spelt, and keeps that knowledge where it is
/// stored.
/// </summary>
public sealed class TextTests
{
    public const string Hostile = "/srv/HR/Dismissal letter Smith 2026; x, y) ’z: “q” \"r\"";

    private static readonly Actor Viewer = new("v", "v", Role.Viewer, Via.Api),
        Auditor = new("a", "a", Role.Auditor, Via.Api), Operator = new("o", "o", Role.Operator, Via.Api);

    private static Problem Named => new(Text.Verbatim("Nothing can be read."),
        PluginText.Of($"{Hostile.AsName()} and {new[] { Hostile, "/b" }.AsNames()} of “{"Plan"}”, {3} times."),
        PluginText.Of($"See {Hostile.AsName()}."));

    [Fact]
    public void Operators_read_the_names_and_all_others_read_what_is_left()
    {
        Named.For(Operator).Why.Full.ShouldBe($"{Hostile} and {Hostile}, /b of “Plan”, 3 times.");
        foreach (var other in (Actor?[])[Viewer, Auditor, null])
        {
            Named.For(other).ToString().ShouldBe("Nothing can be read. … and … of “Plan”, 3 times. See ….");
        }
    }

    [Fact]
    public void A_sentence_in_a_sentence_keeps_its_marks()
    {
        var outer = new Problem(Text.Verbatim("Again."), PluginText.Of($"It is tried again: {Named.Why}"),
            Named.Next).With(what: Text.Verbatim("Changed."));
        outer.WithoutNames().ToString().ShouldBe("Changed. It is tried again: … and … of “Plan”, 3 times. See ….");
        outer.Map(text => text.Replace("Plan", "secret", StringComparison.Ordinal))
            .WithoutNames().Why.Full.ShouldContain("“secret”");
    }

    [Fact]
    public void What_restic_says_is_marked_as_a_whole()
    {
        var (_, problem) = ResticExit.ProblemOf(1, $"Fatal: strange thing with {Hostile}\n");
        problem.Why.Full.ShouldContain(Hostile);
        problem.WithoutNames().Why.Full.ShouldBe("restic says: …");
    }

    [Fact]
    public void The_marks_are_stored_and_the_API_does_not_know_them()
    {
        var back = JsonSerializer.Deserialize<Problem>(JsonSerializer.Serialize(Named, Columns.Json), Columns.Json)!;
        back.ShouldBe(Named);
        JsonSerializer.SerializeToNode(Named, ApiJson.Options)!.AsObject().Select(p => p.Key).ShouldBe(["what", "why", "next"]);
        JsonSerializer.Deserialize<Problem>("""{"what":"a","why":"b","next":"c"}""", ApiJson.Options)!.ToString().ShouldBe("a b c");
    }

    [Fact]
    public void What_was_stored_before_there_were_marks_is_readable_and_told_to_operators_only()
    {
        var old = JsonSerializer.Deserialize<Problem>($$"""{"what":"The new folder is not empty.","why":{{JsonSerializer.Serialize(Hostile)}},"next":"Empty it."}""", Columns.Json)!;
        old.For(Operator).Why.Full.ShouldBe(Hostile);
        old.For(Viewer).ToString().ShouldNotContain("Smith");
        old.For(Viewer).What.Full.ShouldBe("The new folder is not empty.");
    }

    [Fact]
    public void A_sentence_is_stored_with_its_marks_and_told_without_them()
    {
        var stored = JsonSerializer.Serialize(new TriggerStart(default, default,
            PluginText.Of($"Files in “{Hostile.AsName()}” changed.")), Columns.Json);
        var back = JsonSerializer.Deserialize<TriggerStart>(stored, Columns.Json)!.Why;
        (back.For(Operator), back.For(Viewer),
            back.For(null)).ShouldBe(($"Files in “{Hostile}” changed.", "Files in “…” changed.",
                "Files in “…” changed."));

        JsonSerializer.SerializeToNode(back, ApiJson.For(Operator))!.ToString().ShouldBe(back.Full);
        foreach (var other in (Actor?[])[Viewer, Auditor, null])
        {
            JsonSerializer.SerializeToNode(back, ApiJson.For(other))!.ToString().ShouldBe(back.Unnamed);
            JsonSerializer.SerializeToNode(Named, ApiJson.For(other))!["why"]!.ToString().ShouldBe(Named.WithoutNames().Why.Full);
        }
    }

    [Theory, InlineData("database"), InlineData("API")]
    public void A_sentence_of_which_nobody_knows_the_names_is_for_operators_as_a_whole(string from)
    {
        var read = JsonSerializer.Deserialize<Text>("\"Dismissal.odt changed.\"", from == "API" ? ApiJson.Options : Columns.Json)!;
        (read.For(Operator), read.For(Viewer)).ShouldBe(("Dismissal.odt changed.", Text.LeftOut));
    }

    [Fact]
    public void Key_and_arguments_are_stored_and_the_words_are_looked_up_when_somebody_reads_them()
    {
        var text = new Text("Core.Texts.NoSuchThing",
            ("thing", new Text("Core.Texts.Sequence", ("first", "a"), ("second", (TextArgument)Hostile.AsName()))));
        var back = JsonSerializer.Deserialize<Text>(JsonSerializer.Serialize(text, Columns.Json), Columns.Json)!;
        back.ShouldBe(text);
        (back.Full, back.Unnamed).ShouldBe(($"There is no such a {Hostile}.", "There is no such a …."));
        back.Is(new Text("Core.Texts.NoSuchThing")).ShouldBeTrue();
        In(TextCatalog.PseudoLanguage, () => back.Unnamed).ShouldStartWith("⟦There is no such ⟦a …");
    }

    [Fact]
    public void A_key_that_this_version_does_not_know_says_what_it_said_when_it_was_stored()
    {
        const string Stored =
            """{"key":"Server.Gone.Texts.Lost","arguments":{"file":{"text":"/a/b","unnamed":"…"}},"text":"/a/b is lost."}""";
        var text = JsonSerializer.Deserialize<Text>(Stored, Columns.Json)!;
        (text.Full, text.Unnamed).ShouldBe(("/a/b is lost.", "… …"));
        text.WithoutNames().Full.ShouldNotContain("/a/b");
        text.Map(said => said.Replace("/a/b", "•••", StringComparison.Ordinal)).Full.ShouldBe("••• is lost.");
    }

    [Fact]
    public void What_was_stored_before_there_were_keys_stays_as_it_is()
    {
        var text = JsonSerializer.Deserialize<Text>("""{"Text":"/a/b changed.","Unnamed":"… changed."}""", Columns.Json)!;
        (text.Full, text.Unnamed).ShouldBe(("/a/b changed.", "… changed."));
        var problem = JsonSerializer.Deserialize<Problem>(
            """{"what":"It failed.","why":"/a/b is gone.","next":"Look.","marked":true,"unnamed":{"what":"It failed.","why":"… is gone.","next":"Look.","marked":true}}""",
            Columns.Json)!;
        (problem.ToString(),
            problem.WithoutNames().ToString()).ShouldBe(("It failed. /a/b is gone. Look.",
                "It failed. … is gone. Look."));
    }

    [Theory]
    [InlineData("{n} of {all}", "1 of 9"), InlineData("{n, plural, one {# file} other {# files}}.", "1 file."),
        InlineData("{all, plural, one {# file} other {# files}}.", "9 files.")]
    [InlineData("{all, plural, =9 {nine {n}} other {#}}", "nine 1"),
        InlineData("{which, select, true {yes} other {no}}", "yes"),
        InlineData("{n, select, true {yes} other {no}}!", "no!")]
    [InlineData("plain # text’s", "plain # text’s")]
    public void A_pattern_is_filled(string pattern, string filled) =>
        TextPattern.Fill(pattern, name => name switch { "n" => "1", "all" => "9", _ => "true" }).ShouldBe(filled);

    private static string In(string culture, Func<string> say)
    {
        var before = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = new(culture);
            return say();
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    [Theory, InlineData("{}"), InlineData("""{"Text":null,"Unnamed":null}"""), InlineData("7")]
    public void What_is_no_sentence_is_not_read_as_one(string stored) =>
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Text>(stored, Columns.Json));
}
