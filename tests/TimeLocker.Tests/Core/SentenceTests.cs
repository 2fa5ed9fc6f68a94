using System.Text.Json;
using Shouldly;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Triggers;
using TimeLocker.Server.Api;
using TimeLocker.Server.Data;
using Xunit;

namespace TimeLocker.Tests.Core;

/// <summary>A problem knows which of its words are names of files, however they are spelt, and keeps that knowledge where it is stored.</summary>
public sealed class SentenceTests
{
    public const string Hostile = "/srv/HR/Dismissal letter Smith 2026; x, y) ’z: “q” \"r\"";

    private static readonly Actor Viewer = new("v", "v", Role.Viewer, Via.Api), Auditor = new("a", "a", Role.Auditor, Via.Api), Operator = new("o", "o", Role.Operator, Via.Api);

    private static Problem Named => new(Text.Verbatim("Nothing can be read."), $"{Hostile.AsName()} and {new[] { Hostile, "/b" }.AsNames()} of “{"Plan"}”, {3} times.", $"See {Hostile.AsName()}.");

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
        var outer = new Problem(Text.Verbatim("Again."), Text.Verbatim($"It is tried again: {Named.WhySentence}"), Named.Next).With(what: Text.Verbatim("Changed."));
        outer.WithoutNames().ToString().ShouldBe("Changed. It is tried again: … and … of “Plan”, 3 times. See ….");
        outer.Map(text => text.Replace("Plan", "secret", StringComparison.Ordinal)).WithoutNames().Why.Full.ShouldContain("“secret”");
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
        var stored = JsonSerializer.Serialize(new TriggerStart(default, default, $"Files in “{Hostile.AsName()}” changed."), Columns.Json);
        var back = JsonSerializer.Deserialize<TriggerStart>(stored, Columns.Json)!.Why;
        (back.For(Operator), back.For(Viewer), back.For(null)).ShouldBe(($"Files in “{Hostile}” changed.", "Files in “…” changed.", "Files in “…” changed."));

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

    [Theory, InlineData("{}"), InlineData("""{"Text":null,"Unnamed":null}"""), InlineData("7")]
    public void What_is_no_sentence_is_not_read_as_one(string stored) => Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Text>(stored, Columns.Json));
}
