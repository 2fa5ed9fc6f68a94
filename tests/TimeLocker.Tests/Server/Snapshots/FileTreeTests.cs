using Bunit;
using Shouldly;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Kit;
using TimeLocker.Server.Snapshots;
using TimeLocker.Tests.Server.Kit;
using Xunit;

namespace TimeLocker.Tests.Server.Snapshots;

public class FileTreeTests : PageContext
{
    private readonly PathSelection selection = new();
    private readonly List<string?> asked = [];

    private IRenderedComponent<FileTree> Tree(string path = "/docs") => Render<FileTree>(p => p
        .Add(c => c.Root, "s1").Add(c => c.Path, path).Add(c => c.Selection, selection).Add(c => c.Load, LoadAsync));

    private Task<FolderPage> LoadAsync(string path, string? after)
    {
        asked.Add(after);
        var from = after is null ? 0 : 200;
        return Task.FromResult(new FolderPage(path,
            [.. Enumerable.Range(from, from == 0 ? 200 : 50).Select(n => Item($"{path}/f{n:D3}", EntryKind.File))],
            after is null ? "199" : null, 250));
    }

    private static SnapshotItem Item(string path, EntryKind kind) =>
        new(path[(path.LastIndexOf('/') + 1)..], path, kind, 10, Noon, 0, null);

    [Fact]
    public void A_huge_folder_shows_its_first_page_and_then_the_rest()
    {
        var tree = Tree();
        tree.FindAll(".entry").Count.ShouldBe(200);

        tree.Find("button.wide").Click();

        tree.FindAll(".entry").Count.ShouldBe(250);
        tree.FindAll("button.wide").ShouldBeEmpty();
        asked.ShouldBe([null, "199"]);
    }

    [Fact]
    public void A_click_on_a_box_chooses_and_a_second_one_takes_it_back()
    {
        var tree = Tree();
        tree.FindAll("[role=checkbox]")[3].Click();
        tree.FindAll("[role=checkbox]")[3].GetAttribute("aria-checked").ShouldBe("true");
        selection.Paths.ShouldBe(["/docs/f003"]);

        tree.FindAll("[role=checkbox]")[3].Click();
        selection.Paths.ShouldBeEmpty();
    }

    [Fact]
    public void Taking_a_file_out_of_a_chosen_folder_keeps_all_others_of_every_page()
    {
        selection.Add("/docs");
        Tree().FindAll("[role=checkbox]")[0].Click();

        selection.Paths.Count.ShouldBe(249);
        selection.Paths.ShouldNotContain("/docs/f000");
    }

    [Fact]
    public void A_folder_that_holds_a_chosen_file_is_mixed()
    {
        selection.Add("/docs/sub/one.txt");
        var tree = Render<FileTree>(p => p.Add(c => c.Root, "s1").Add(c => c.Path, "/docs").Add(c => c.Selection, selection)
            .Add(c => c.Load, (path, _) => Task.FromResult(new FolderPage(path, [Item("/docs/sub", EntryKind.Folder)], null, 1))));

        tree.Find("[role=checkbox]").GetAttribute("aria-checked").ShouldBe("mixed");
    }
}
