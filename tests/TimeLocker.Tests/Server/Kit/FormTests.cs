using Bunit;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Extensions;
using TimeLocker.Server.Kit;
using Xunit;

namespace TimeLocker.Tests.Server.Kit;

public class FormTests : PageContext
{
    private static readonly FolderSource Disk = new("/home/me",
        path => path == "/locked"
            ? throw new ProblemException(ProblemKind.Forbidden, Text.Verbatim("“/locked” cannot be read."),
                Text.Verbatim("TimeLocker has no right to."), Text.Verbatim("Choose another folder."))
            : Task.FromResult(new MachineFolder(path, path == "/" ? null : "/",
                [new("Documents", $"{path}/Documents", true, 0, true), new("locked", "/locked", true, 0, true),
                    new("secret", $"{path}/secret", true, 0, false), new("a.txt", $"{path}/a.txt", false, 42, true)],
                        null)),
        _ => Task.FromResult(new FolderSize(17, 3 << 20, true)));

    [Fact]
    public void A_form_is_drawn_from_fields_with_the_advanced_ones_folded_away()
    {
        Field[] fields =
        [
            new("host", PluginText.Of("Host")) { Required = true, Example = "nas.local", Help = PluginText.Of("Its name.") },
            new("mode", PluginText.Of("Mode"), FieldType.Choice) { Choices = ["a", "b"], Default = "b" },
            new("key", PluginText.Of("Key"), FieldType.Secret),
            new("fast", PluginText.Of("Fast"), FieldType.Flag) { Advanced = true },
        ];
        var form = Render<FieldForm>(p => p.Add(c => c.Fields, fields).Add(c => c.Values, []));

        form.Find("#field-host").GetAttribute("placeholder").ShouldBe("nas.local");
        form.Find("#field-host").HasAttribute("required").ShouldBeTrue();
        form.Find("#field-host").GetAttribute("aria-describedby").ShouldBe("help-host");
        form.Find("#field-mode").GetAttribute("value").ShouldBe("b");
        form.Find("#field-key").GetAttribute("type").ShouldBe("password");
        form.Find("details input[type=checkbox]").GetAttribute("name").ShouldBe("fast");
    }

    [Fact]
    public void What_is_typed_is_kept_under_the_fields_name()
    {
        Dictionary<string, string> values = [];
        var changed = 0;
        var form = Render<FieldForm>(p => p.Add(c => c.Fields,
            [new("host", PluginText.Of("Host")), new("fast", PluginText.Of("Fast"), FieldType.Flag)]).Add(c => c.Values,
            values).Add(c => c.Changed, () => changed++));

        form.Find("#field-host").Change("nas");
        form.Find("input[type=checkbox]").Change(true);

        values.ShouldBe(new Dictionary<string, string> { ["host"] = "nas", ["fast"] = "true" });
        changed.ShouldBe(2);
    }

    [Fact]
    public void A_folder_field_can_be_browsed()
    {
        Dictionary<string, string> values = [];
        var form = Render<FieldForm>(p => p.Add(c => c.Fields, [new("path", PluginText.Of("Folder"), FieldType.Folder)])
            .Add(c => c.Values, values).Add(c => c.Folders, Disk));

        form.Find(".with-button .button").Click();
        form.Find(".entry .open.folder").Click();
        form.Find(".picker .button.primary").Click();

        values["path"].ShouldBe("/home/me/Documents");
        form.FindAll(".picker").ShouldBeEmpty();
    }

    [Fact]
    public void Sources_are_chosen_with_their_sizes_and_presets_of_the_home_folder_are_offered()
    {
        IReadOnlyList<string> chosen = [];
        var picker = Render<FolderPicker>(p => p.Add(c => c.Folders, Disk).Add(c => c.SelectedChanged, c => chosen = c));

        picker.FindAll(".chip").Select(c => c.TextContent.Trim()).ShouldBe(["Home folder", "Documents"]);
        picker.Find("[role=checkbox]").Click();
        chosen.ShouldBe(["/home/me/Documents"]);

        picker.Render(p => p.Add(c => c.Selected, chosen));
        picker.Find(".picked li").TextContent.ShouldContain("3.00 MiB");
        picker.Find(".chip[aria-pressed=true]").TextContent.Trim().ShouldBe("Documents");
    }

    [Fact]
    public void A_folder_without_access_cannot_be_chosen_and_one_that_fails_says_why()
    {
        var picker = Render<FolderPicker>(p => p.Add(c => c.Folders, Disk));
        picker.FindAll("[role=checkbox]")[2].HasAttribute("disabled").ShouldBeTrue();

        picker.FindAll(".entry .open.folder")[1].Click();
        picker.Find("[role=alert]").TextContent.ShouldContain("TimeLocker has no right to.");
    }

    [Fact]
    public void A_path_that_is_typed_must_be_absolute()
    {
        IReadOnlyList<string> chosen = [];
        var picker = Render<FolderPicker>(p => p.Add(c => c.Folders, Disk).Add(c => c.SelectedChanged, c => chosen = c));

        picker.Find("form input").Change("relative");
        picker.Find("form").Submit();
        chosen.ShouldBeEmpty();
        picker.Find("[role=alert]").TextContent.ShouldContain("/srv/files");

        picker.Find("form input").Change("/srv/data/");
        picker.Find("form").Submit();
        chosen.ShouldBe(["/srv/data"]);
    }
}
