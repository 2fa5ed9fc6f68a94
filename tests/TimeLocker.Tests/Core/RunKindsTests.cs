using System.Text.Json;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Runs;
using Xunit;

namespace TimeLocker.Tests.Core;

/// <summary>The list of kinds is whole: no request, spec or word stands beside it.</summary>
public sealed class RunKindsTests
{
    [Fact]
    public void Every_kind_request_and_spec_stands_in_the_list_once()
    {
        RunKinds.All.Select(kind => kind.Kind).ShouldBe(Enum.GetValues<RunKind>(), ignoreOrder: true);
        RunKinds.All.Select(kind => kind.Request).ShouldBe(Concrete(typeof(RunRequest)), ignoreOrder: true);
        RunKinds.All.Select(kind => kind.Spec).OfType<Type>().ShouldBe(Concrete(typeof(RunSpec)), ignoreOrder: true);
    }

    [Fact]
    public void A_request_is_written_with_its_word()
    {
        var written = JsonSerializer.Serialize<RunRequest>(new TimeLocker.Core.Runs.Kinds.StatsRequest(), AgentWire.Options);

        written.ShouldBe("""{"$type":"stats"}""");
        JsonSerializer.Deserialize<RunRequest>(written, AgentWire.Options)
            .ShouldBeOfType<TimeLocker.Core.Runs.Kinds.StatsRequest>();
    }

    private static IEnumerable<Type> Concrete(Type family) =>
        family.Assembly.GetTypes().Where(type => type.IsSubclassOf(family) && !type.IsAbstract);
}
