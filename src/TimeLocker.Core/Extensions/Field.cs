using System.Text.Json.Serialization;

namespace TimeLocker.Core.Extensions;

/// <summary>What a field takes.</summary>
public enum FieldType { Text, Folder, Number, Flag, Secret, Choice, Lines }

/// <summary>What a field is to a form that can do more than draw an input. A field without one is drawn by its type.</summary>
public enum FieldEditor
{
    Usual,

    /// <summary>The id of a plan, chosen from a list.</summary>
    Plan,

    /// <summary>Where an SSH server answers, and who is let in there: the keys are asked for and made with these.</summary>
    SshServer, SshPort, SshUser,

    /// <summary>The keys of SSH, fetched, made and pinned by the form: the server's, our own, and a file with one.</summary>
    SshHostKey, SshPrivateKey, SshKeyFile,
}

/// <summary>
/// One input of an extension, described as data: the form, the API schema, the CLI flags and the checks come from it.
/// </summary>
/// <param name="Name">camelCase, as in the API's <c>values</c>.</param>
public sealed record Field(string Name, Text Label, FieldType Type = FieldType.Text)
{
    public bool Required { get; init; }
    public bool Advanced { get; init; }
    public Text? Help { get; init; }
    public string? Example { get; init; }

    /// <summary>A regular expression that the whole value must match, or null.</summary>
    public string? Pattern { get; init; }
    /// <summary>What a number may be, both ends included; null: anything.</summary>
    public long? Least { get; init; }
    public long? Most { get; init; }
    public string? Default { get; init; }
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>
    /// A part of the place that secrets are sent to: with another value, what is kept secret has to be entered again.
    /// </summary>
    public bool Place { get; init; }
    public FieldEditor Editor { get; init; }

    /// <summary>A secret of several lines (a private key, a credentials file).</summary>
    public bool Multiline { get; init; }

    /// <summary>What a pattern cannot say: given a value, why it cannot be used, in one sentence, or null.</summary>
    [JsonIgnore]
    public Func<string, Text?>? Rule { get; init; }
}

/// <summary>Something that can be added without touching what exists: a backend, a channel, a report …</summary>
public interface IExtension
{
    /// <summary>Stable name in the database and the API, lower case.</summary>
    string Kind { get; }
    Text Title { get; }
    IReadOnlyList<Field> Fields { get; }
}
