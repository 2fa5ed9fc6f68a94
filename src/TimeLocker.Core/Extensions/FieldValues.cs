using System.Globalization;
using System.Text.RegularExpressions;

namespace TimeLocker.Core.Extensions;

/// <summary>
/// What was filled in for an extension's fields, by field name. Secrets are here only while they are on their way.
/// </summary>
public sealed class FieldValues(IReadOnlyDictionary<string, string> values)
{
    public static FieldValues Empty { get; } = new(new Dictionary<string, string>());

    public IReadOnlyDictionary<string, string> All { get; } = values;

    public string this[string name] => All.TryGetValue(name, out var value) ? value : "";

    public bool Has(string name) => this[name].Length > 0;

    public bool Flag(string name) => this[name] is "true" or "1" or "on" or "yes";

    /// <summary>The values trimmed and with defaults, or a problem that names the first bad field.</summary>
    /// <exception cref="ProblemException">of kind Invalid.</exception>
    public FieldValues Checked(IExtension extension)
    {
        var known = extension.Fields.ToDictionary(f => f.Name);
        if (All.Keys.FirstOrDefault(k => !known.ContainsKey(k)) is { } strange)
        {
            throw ProblemException.Invalid(Problems.NotFieldFieldsRemove(strange, extension.Title, string.Join(", ", known.Keys)));
        }

        return new FieldValues(extension.Fields.ToDictionary(f => f.Name,
            f => Check(f, Has(f.Name) ? this[f.Name] : f.Default ?? "")));
    }

    private static string Check(Field field, string given)
    {
        var lines = field.Type == FieldType.Lines || field.Multiline;
        var value = lines ? given.ReplaceLineEndings("\n").Trim() : field.Type == FieldType.Secret ? given : given.Trim();
        if (value.Length == 0)
        {
            return field.Required ? throw Bad(field, Texts.Empty) : value;
        }

        if (value.Any(c => char.IsControl(c) && !(lines && c is '\n' or '\t')))
        {
            throw Bad(field, Texts.ContainsControlCharacterLine);
        }

        return field.Type switch
        {
            FieldType.Number when !long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture,
                out _) => throw Bad(field, Texts.NotWholeNumber),
            FieldType.Number when field is { Least: { } least, Most: { } most }
                && (long.Parse(value, CultureInfo.InvariantCulture) is var number
                    && (number < least || number > most)) =>
                throw Bad(field, Texts.NotBetween(least, most)),
            FieldType.Flag when value is not ("true" or "1" or "on" or "yes" or "false" or "0" or "off"
                or "no") => throw Bad(field, Texts.TrueOrFalse),
            FieldType.Choice when !field.Choices.Contains(value) => throw Bad(field, Texts.None(string.Join(", ", field.Choices))),
            FieldType.Folder when !value.StartsWith('/') => throw Bad(field, Texts.NotAbsolutePathDoes),
            _ when field.Pattern is { } pattern
                && !Regex.IsMatch(value, $"^(?:{pattern})$",
                    RegexOptions.CultureInvariant | RegexOptions.NonBacktracking) => throw Bad(field,
                    Texts.DoesNotRightForm),
            _ when field.Rule?.Invoke(value) is { } why => throw Bad(field, why),
            _ => value,
        };
    }

    private static ProblemException Bad(Field field, Text why) =>
        ProblemException.Invalid(Texts.CannotUsed(field.Label), why,
            field.Example is null ? Texts.CorrectTryAgain : Texts.EnterSomethingLike(field.Example));
}
