using Shouldly;
using TimeLocker.Core.Repositories;
using Xunit;

namespace TimeLocker.Tests.Core.Repositories;

/// <summary>A copy is made on a machine that reaches both repositories.</summary>
public sealed class CopiedOnTests
{
    private static readonly Guid A = Id('a'), B = Id('b'), C = Id('c');

    public static TheoryData<Guid[], Guid[], Guid?> Cases { get; } = new()
    {
        { [A], [A], A },
        { [A], [B], null },
        { [A, B], [B, A], B }, // the copy's home goes first
        { [A, B], [B], B },
        { [B], [A, B], B },
        { [A, B], [C, A], A }, // then that of the original
        { [A, C, B], [A, B, C], A },
        { [A, C, B], [Guid.Empty, B, C], B }, // then always the same one
    };

    [Theory, MemberData(nameof(Cases))]
    public void It_is_that_of_the_copy_if_it_can_be(Guid[] original, Guid[] copy, Guid? expected) =>
        Place(copy).CopiedOn(Place(original)).ShouldBe(expected);

    private static Guid Id(char last) => new(new string('0', 31) + last);

    // The first one is the home.
    private static Repository Place(Guid[] machines) => new()
    {
        Id = Guid.Empty,
        Name = "",
        Backend = "local",
        Values = [],
        CreatedAt = default,
        ResticId = "",
        Machines = [.. machines.Select((m, n) => new RepositoryReach
        {
            RepositoryId = Guid.Empty,
            MachineId = m,
            IsHome = n == 0,
            Since = default,
        })],
    };
}
