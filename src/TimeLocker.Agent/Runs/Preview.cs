using TimeLocker.Agent.Restic;

namespace TimeLocker.Agent.Runs;

/// <summary>
/// Counts what a dry run of a restore would do to files. Folders, which restic names after what is in them, are left
/// out.
/// </summary>
/// <param name="target">The folder that would be restored to.</param>
internal sealed class Preview(string? target)
{
    private string last = "";

    public long New { get; private set; }
    public long Replaced { get; private set; }
    public long Unchanged { get; private set; }

    public void Add(ResticMessage detail)
    {
        if (detail.Item is not { } item)
        {
            return;
        }

        // restic writes every symbolic link anew and calls it restored, there or not.
        var place = target is not null && detail.Number("size") == 0 ? new FileInfo(target + item) : null;
        var link = place?.LinkTarget is not null;
        var folder = last.StartsWith(item + "/", StringComparison.Ordinal)
            || (!link && place is not null && Directory.Exists(place.FullName));
        last = item;
        if (!folder)
        {
            switch (detail.Action)
            {
                case "restored" when link: Replaced++; break;
                case "restored": New++; break;
                case "updated": Replaced++; break;
                case "unchanged": Unchanged++; break;
            }
        }
    }
}
