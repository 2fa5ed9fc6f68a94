using Bunit;
using Microsoft.AspNetCore.Components;
using Shouldly;
using TimeLocker.Server.Kit;
using Xunit;

namespace TimeLocker.Tests.Server.Kit;

/// <summary>The kit's fields are the tags they stand for.</summary>
public sealed class FieldTests : PageContext
{
    [Fact]
    public void A_button_has_its_classes_and_passes_on_what_it_does_not_know()
    {
        var pressed = 0;
        var button = Render<Button>(p => p.Add(b => b.Kind, "primary").Add(b => b.Small, true).Add(b => b.Class, "wide")
            .AddUnmatched("aria-label", "Go").AddUnmatched("onclick",
            EventCallback.Factory.Create(this, () => pressed++))).Find("button");

        button.Click();

        (pressed, button.GetAttribute("type"), button.GetAttribute("aria-label")).ShouldBe((1, "button", "Go"));
        button.ClassList.ShouldBe(["button", "small", "primary", "wide"], ignoreOrder: true);
        Render<Button>(p => p.Add(b => b.Busy, true)).Find("button").HasAttribute("disabled").ShouldBeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_field_tells_what_is_typed_when_it_is_left_or_at_every_letter(bool live)
    {
        string? told = null;
        var field = Render<TextField>(p => p.Add(f => f.Live, live).Bind(f => f.Value, "before", value => told = value))
            .Find("input");

        if (live)
        {
            field.Input("after");
        }
        else
        {
            field.Change("after");
        }

        told.ShouldBe("after");
    }

    [Fact]
    public void A_number_that_is_none_changes_nothing()
    {
        var told = 0;
        var field = Render<NumberField<int>>(p => p.Bind(f => f.Value, 7, value => told = value));

        field.Find("input").Change("twelve");

        (told, field.Find("input").GetAttribute("value")).ShouldBe((0, "7"));
    }

    [Fact]
    public void An_unbound_field_is_posted_by_its_name()
    {
        var field = Render<TextField>(p => p.Add(f => f.Value, "anna").AddUnmatched("name", "user")
            .AddUnmatched("required", true)).Find("input");

        (field.GetAttribute("name"), field.GetAttribute("value"), field.HasAttribute("required"),
            field.HasAttribute("blazor:onchange")).ShouldBe(("user", "anna", true, false));
    }
}
