using System.Text.Json.Nodes;
using Shouldly;
using TimeLocker.Core.Revisions;
using TimeLocker.Server.Plans;
using Xunit;

namespace TimeLocker.Tests.Core.Revisions;

public sealed class MergeTests
{
    private static readonly NewPlan Read = new()
    {
        Name = "Documents",
        Sources = ["/a"],
        Options = new() { Tags = ["old"] },
        TargetHours = 24,
    };

    [Fact]
    public void Each_keeps_what_only_they_have_changed()
    {
        var merged = Merge.Of(Read, Read with { Sources = ["/a", "/b"], TargetHours = null },
            Read with { Options = new() { Tags = ["office"] }, Name = "Papers" }, new HashSet<string>());

        (merged.Name, string.Join(' ', merged.Sources), string.Join(' ', merged.Options.Tags),
            merged.TargetHours).ShouldBe(("Papers", "/a /b", "office", null));
    }

    [Theory]
    [InlineData("mine")]
    [InlineData("theirs")]
    public void What_both_have_changed_is_chosen(string chosen)
    {
        var merged = Merge.Of(Read, Read with { Options = new() { Tags = ["theirs"] } },
            Read with { Options = new() { Tags = ["mine"] } },
            chosen == "theirs" ? new HashSet<string> { "tags" } : []);

        merged.Options.Tags.ShouldBe([chosen]);
    }

    [Theory]
    [InlineData("""["/a"]""", """["/a","/b"]""", "+ /b")]
    [InlineData("""["/a","/b"]""", """["/c"]""", "+ /c, − /a, − /b")]
    [InlineData("""["/a","/b"]""", """["/b","/a"]""", "another order")]
    [InlineData("""{"keepDaily":7,"keepLast":1}""", """{"keepDaily":14,"keepLast":1}""", "keep daily 7 → 14")]
    [InlineData("""{"keepDaily":7}""", """{"keepDaily":7,"keepTags":["x"]}""", "keep tags + x")]
    [InlineData("null", """["a"]""", "+ a")]
    [InlineData("null", "24", "none → 24")]
    [InlineData("false", "true", "off → on")]
    [InlineData("\"\"", "\"cellar\"", "none → cellar")]
    [InlineData("""[{"cron":"0 3 * * *","zone":"UTC"}]""", "[]", "− cron 0 3 * * *, zone UTC")]
    [InlineData("\"0199c0de-0000-7000-8000-000000000001\"", "null", "“Home” → none")]
    public void A_change_is_said_in_words(string before, string after, string words) =>
        new ChangeText(new Dictionary<Guid,
            string>
        { [Guid.Parse("0199c0de-0000-7000-8000-000000000001")] = "Home" }).Of(JsonNode.Parse(before),
            JsonNode.Parse(after)).Full.ShouldBe(words);
}
