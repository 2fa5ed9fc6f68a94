using Shouldly;
using TimeLocker.Server.Kit;
using Xunit;

namespace TimeLocker.Tests.Server.Kit;

public class PathSelectionTests
{
    private static Task<IReadOnlyList<string>> Children(string path) => Task.FromResult<IReadOnlyList<string>>(path switch
    {
        "/home" => ["/home/anna", "/home/ben"],
        "/home/anna" => ["/home/anna/a.txt", "/home/anna/b.txt"],
        _ => [],
    });

    [Fact]
    public void A_folder_with_a_chosen_file_is_half_chosen()
    {
        var selection = new PathSelection();
        selection.Add("/home/anna/a.txt");

        selection.Of("/home/anna/a.txt").ShouldBe(Picked.All);
        selection.Of("/home/anna").ShouldBe(Picked.Some);
        selection.Of("/").ShouldBe(Picked.Some);
        selection.Of("/home/ben").ShouldBe(Picked.None);
    }

    [Fact]
    public void A_chosen_folder_stands_for_all_below_it()
    {
        var selection = new PathSelection();
        selection.Add("/home/anna/a.txt");
        selection.Add("/home");

        selection.Paths.ShouldBe(["/home"]);
        selection.Of("/home/ben/deep/down").ShouldBe(Picked.All);
    }

    [Fact]
    public void A_neighbour_with_the_same_beginning_is_not_inside()
    {
        var selection = new PathSelection();
        selection.Add("/home/ann");

        selection.Of("/home/anna").ShouldBe(Picked.None);
    }

    [Fact]
    public async Task Taking_one_file_out_of_a_chosen_folder_leaves_its_neighbours_level_by_level()
    {
        var selection = new PathSelection();
        selection.Add("/home");
        await selection.RemoveAsync("/home/anna/a.txt", Children);

        selection.Paths.ShouldBe(["/home/anna/b.txt", "/home/ben"]);
        selection.Of("/home/anna").ShouldBe(Picked.Some);
    }

    [Fact]
    public async Task Taking_a_half_chosen_folder_out_takes_what_was_chosen_in_it()
    {
        var selection = new PathSelection();
        selection.Add("/home/anna/a.txt");
        await selection.RemoveAsync("/home/anna", Children);

        selection.Paths.ShouldBeEmpty();
    }
}
