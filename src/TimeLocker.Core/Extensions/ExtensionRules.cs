using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace TimeLocker.Core.Extensions;

/// <summary>
/// What every extension promises of its description: forms, API, command line and database rely on it. Asked of each in
/// the list, and of what a plugin adds.
/// </summary>
public static partial class ExtensionRules
{
    /// <summary>What a field's rule is tried with: it has to answer, whatever people type.</summary>
    private static readonly string[] Odd = ["", " ", "-", "/", "\0", "é\u202e🎈", "%s{0}$(id)`", new('x', 5000),
        "-----BEGIN", "{", "[::1]", "http://"];

    /// <returns>What is broken; none: all is well.</returns>
    public static IReadOnlyList<Text> Broken(IExtension extension) =>
    [
        .. Kind().IsMatch(extension.Kind) ? [] : (Text[])[Texts.OddKind(extension.Kind)],
        .. extension.Title?.Full is { Length: > 0 and <= 100 } ? [] : (Text[])[Texts.NoTitle],
        .. extension.Fields.GroupBy(f => f.Name).Where(same => same.Count() > 1).Select(same => Texts.FieldTwice(same.Key)),
        .. extension.Fields.SelectMany(Broken),
    ];

    private static IEnumerable<Text> Broken(Field field)
    {
        if (!FieldName().IsMatch(field.Name))
        {
            yield return Texts.OddFieldName(field.Name);
        }

        if (string.IsNullOrWhiteSpace(field.Label?.Full))
        {
            yield return Texts.NoLabel(field.Name);
        }

        if (field.Type == FieldType.Choice && field.Choices.Count == 0)
        {
            yield return Texts.NoChoices(field.Name);
        }

        if (field.Type == FieldType.Secret && (field.Default ?? field.Example) is not null)
        {
            yield return Texts.SecretWithDefault(field.Name);
        }

        foreach (var (what, value) in ((string, string?)[])[("default", field.Default), ("example", field.Example)])
        {
            if (value is { Length: > 0 } && !(what == "example" && field.Type == FieldType.Lines)
                && WhyNot(field, value) is { } why)
            {
                yield return Texts.RefusesItself(what, field.Name, why);
            }
        }

        if (Odd.FirstOrDefault(value => Throws(field, value)) is not null)
        {
            yield return Texts.RuleThrows(field.Name);
        }
    }

    private static Text? WhyNot(Field field, string value)
    {
        try
        {
            _ = new FieldValues(new Dictionary<string, string> { [field.Name] = value }).Checked(new Alone(field));
            return null;
        }
        catch (ProblemException refused)
        {
            return refused.Problem.Why;
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "It asks whether a rule throws, whatever that is.")]
    private static bool Throws(Field field, string value)
    {
        try
        {
            _ = field.Rule?.Invoke(value);
            return false;
        }
        catch (Exception)
        {
            return true;
        }
    }

    private sealed class Alone(Field only) : IExtension
    {
        public string Kind => "alone";
        public Text Title => Text.Empty;
        public IReadOnlyList<Field> Fields { get; } = [only];
    }

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,39}\z")]
    private static partial Regex Kind();

    [GeneratedRegex(@"^[a-z][A-Za-z0-9]{0,39}\z")]
    private static partial Regex FieldName();
}
