using Bunit;
using Shouldly;
using TimeLocker.Server.Kit;
using Xunit;

namespace TimeLocker.Tests.Server.Kit;

public class SafeNameTests : PageContext
{
    [Theory]
    [InlineData("plain.txt", "plain.txt")]
    [InlineData("two\nlines", "two␊lines")]
    [InlineData("tab\there", "tab␉here")]
    [InlineData("\u001b[31mred", "␛[31mred")]
    [InlineData("bell\u0007\u007f", "bell␇␡")]
    [InlineData(" lead and trail ", "·lead and trail·")]
    [InlineData("invoice\u202Efdp.exe", "invoice‹202E›fdp.exe")]
    [InlineData("zero\u200bwidth", "zero‹200B›width")]
    [InlineData("c1\u0085control", "c1‹0085›control")]
    [InlineData("<script>alert('x')</script>", "<script>alert('x')</script>")]
    [InlineData("-rf \"quoted\"", "-rf \"quoted\"")]
    [InlineData("עברית ו-עוד", "עברית ו-עוד")]
    [InlineData("👩‍🔬 lab", "👩‍🔬 lab")]
    [InlineData("", "∅")]
    public void A_hostile_name_is_shown_as_text_with_symbols(string name, string shown) =>
        Render<SafeName>(p => p.Add(c => c.Name, name)).Find("bdi").TextContent.ShouldBe(shown);

    [Fact]
    public void A_name_brings_no_element_of_its_own() =>
        Render<SafeName>(p => p.Add(c => c.Name, "<img src=x onerror=y>")).FindAll("bdi *").ShouldBeEmpty();

    [Fact]
    public void Control_characters_are_marked_as_symbols() =>
        Render<SafeName>(p => p.Add(c => c.Name, "a\nb")).Find(".ctl").TextContent.ShouldBe("␊");

    [Fact]
    public void A_log_keeps_its_line_breaks_and_nothing_else() =>
        NameParts.Lines("one\u001b[2J\n\ntwo\r\n").ShouldBe("one␛[2J\n\ntwo␍\n");
}
