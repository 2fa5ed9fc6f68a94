using System.Collections;
using System.Text.Json;
using Shouldly;
using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Runs;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>
/// A run that was under way, or had just ended, while TimeLocker was updated: what the older one wrote down of it lacks
/// what is new.
/// </summary>
public sealed class OlderRunsTests
{
    [Fact]
    public void What_an_older_TimeLocker_did_not_write_down_reads_as_nothing_and_not_as_null()
    {
        var record =
            JsonSerializer.Deserialize(
                """{"Facts":{"Command":"restic"},"Issues":[],"Ended":{"Outcome":0,"SnapshotId":null,"Result":{"FilesTotal":3,"Health":{}},"Problem":null,"At":"2026-05-20T12:00:00Z"}}""", RunJson.Of<RunRecord>()).ShouldNotBeNull();

        foreach (var read in (object[])[record, record.Facts!, record.Ended.Result!, record.Ended.Result!.Maintenance!])
        {
            foreach (var list in read.GetType().GetProperties()
                .Where(p => p.PropertyType.IsAssignableTo(typeof(IEnumerable)) && p.PropertyType != typeof(string)))
            {
                list.GetValue(read).ShouldNotBeNull($"{read.GetType().Name}.{list.Name}");
            }
        }
    }

    [Fact]
    public void What_an_older_TimeLocker_wrote_down_in_English_still_says_what_it_said()
    {
        const string Stored =
            """{"Command":"restic","Checks":[{"Name":"lock","Level":1,"Sentence":"Another program holds a lock there."}],"Notes":["The speed limit changed at 14:00."],"Missing":[{"Path":"/a","Message":"open /a: permission denied","Cause":"permission denied"}],"Sources":[{"Path":"/a","WhyNot":"it does not exist","Saved":"/a"}]}""";

        var facts = JsonSerializer.Deserialize(Stored, RunJson.Of<RunFacts>()).ShouldNotBeNull();

        facts.Checks.Single().Text.Full.ShouldBe("Another program holds a lock there.");
        facts.Notes.Single().Full.ShouldBe("The speed limit changed at 14:00.");
        facts.Missing.Single()
            .ShouldSatisfyAllConditions(issue => issue.Message.Full.ShouldBe("open /a: permission denied"),
            issue => issue.Cause.Full.ShouldBe("permission denied"));
        facts.Sources.Single().WhyNot!.Full.ShouldBe("it does not exist");
        JsonSerializer.Serialize(facts, RunJson.Of<RunFacts>()).ShouldContain("\"Sentence\"");
    }
}
