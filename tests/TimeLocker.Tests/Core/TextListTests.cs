using Shouldly;
using TimeLocker.Core;
using Xunit;

namespace TimeLocker.Tests.Core;

public sealed class TextListTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a b", "a and b")]
    [InlineData("a b c", "a, b and c")]
    public void A_list_is_said_with_commas_and_an_and_before_the_last(string items, string said) =>
        TextList.And([.. items.Split(' ').Select(i => Text.Verbatim(i))]).Full.ShouldBe(said);

    [Fact]
    public void A_choice_is_said_with_an_or() =>
        TextList.Or([Text.Verbatim("a"), Text.Verbatim("b"), Text.Verbatim("c")]).Full.ShouldBe("a, b or c");
}
