using System.Text.Json.Serialization;

namespace TimeLocker.Core.Runs;

/// <summary>A source as a backup found it. Kept with the run: the next backup of the plan is compared with it.</summary>
/// <param name="Path">As the plan names it.</param>
public sealed record SourceFound(string Path)
{
    /// <summary>Where it leads, if it is a link: that is what was saved.</summary>
    public string? Real { get; init; }

    /// <summary>Why it could not be saved at all, or null.</summary>
    public Text? WhyNot { get; init; }

    /// <summary>Files below it, as far as they were counted. What was lost without anybody's word stays the measure.</summary>
    public long Files { get; init; }

    /// <summary>Folders below it where other disks were mounted that held something.</summary>
    public IReadOnlyList<string> Mounts { get; init; } = [];

    /// <summary>What held files at an earlier backup and does not any more: the source itself, or mounts below it.</summary>
    public IReadOnlyList<string> Lost { get; init; } = [];

    /// <summary>
    /// It holds files, nothing of it is saved, and a person has said that this is right. Until something of it is saved
    /// again.
    /// </summary>
    public bool LeftOut { get; init; }

    /// <summary>The repository lies on the same disk, as far as that can be told.</summary>
    public bool SameDisk { get; init; }

    /// <summary>Its path in the snapshot.</summary>
    public string Saved => Real ?? Path;

    /// <summary>The name that people know it by.</summary>
    [JsonIgnore]
    public Text Name => Real is null ? Text.Verbatim(Path.AsName()) : Texts.LinkTo(Path.AsName(), Real.AsName());
}
