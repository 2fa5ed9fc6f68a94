using System.Text.Json;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Triggers;
using Xunit;

namespace TimeLocker.Tests.Core.Extensions;

/// <summary>What holds for every extension in the list, of whatever kind: its description is data that can be relied on.</summary>
public sealed class EveryExtensionTests
{
    public static TheoryData<string> All => [.. Listed.Everything.Select(one => $"{one.Contract.Name} {one.Extension.Kind}")];

    [Theory, MemberData(nameof(All))]
    public void Its_description_keeps_the_rules(string name) => ExtensionRules.Broken(Of(name)).ShouldBeEmpty();

    [Theory, MemberData(nameof(All))]
    public void Its_description_travels_and_comes_back_the_same(string name)
    {
        var kind = new TriggerKind(Of(name).Kind, Of(name).Title, Text.Empty, Of(name).Fields);
        var back = JsonSerializer.Deserialize<TriggerKind>(JsonSerializer.Serialize(kind, AgentWireOptions), AgentWireOptions)!;
        back.Fields.Select(Told).ShouldBe(kind.Fields.Select(Told));
    }

    [Theory, MemberData(nameof(All))]
    public void What_is_required_and_left_out_is_refused_with_what_why_and_next(string name)
    {
        foreach (var field in Of(name).Fields.Where(f => f.Required && f.Default is null))
        {
            var alone = new TriggerKind("alone", PluginText.Of("Alone"), Text.Empty, [field]);
            var refused = Should.Throw<ProblemException>(() => FieldValues.Empty.Checked(alone));
            refused.Kind.ShouldBe(ProblemKind.Invalid);
            refused.Problem.What.Full.ShouldContain(field.Label);
            (refused.Problem.Why.Full.Length,
                refused.Problem.Next.Full.Length).ShouldSatisfyAllConditions(both => both.Item1.ShouldBePositive(),
                both => both.Item2.ShouldBePositive());
        }
    }

    [Fact]
    public void A_kind_is_there_once() =>
        Listed.Everything.GroupBy(one => (one.Contract, one.Extension.Kind)).Where(same => same.Count() > 1)
            .Select(same => same.Key.Kind).ShouldBeEmpty();

    [Fact]
    public void A_description_that_breaks_the_rules_is_told_which() =>
        ExtensionRules.Broken(new TriggerKind("Bad Kind", Text.Empty, Text.Empty, [
            new("Name", PluginText.Of("")), new("Name", PluginText.Of("Name")),
                new("pick", PluginText.Of("Pick"), FieldType.Choice),
                    new("key", PluginText.Of("Key"), FieldType.Secret) { Default = "1234" },
            new("port", PluginText.Of("Port"), FieldType.Number) { Default = "none" },
                new("mail", PluginText.Of("Mail")) { Rule = value => Text.Verbatim(value[7..]) },
        ])).Count.ShouldBe(10);

    private static JsonSerializerOptions AgentWireOptions => TimeLocker.Core.Agents.AgentWire.Options;

    private static IExtension Of(string name) =>
        Listed.Everything.Single(one => $"{one.Contract.Name} {one.Extension.Kind}" == name).Extension;

    // A rule is code, and stays where it is.
    private static string Told(Field field) => JsonSerializer.Serialize(field with { Rule = null }, JsonSerializerOptions.Web);
}
