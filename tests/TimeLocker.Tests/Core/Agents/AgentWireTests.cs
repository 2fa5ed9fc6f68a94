using System.Text.Json;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Api;
using TimeLocker.Server.Data;
using Xunit;

namespace TimeLocker.Tests.Core.Agents;

/// <summary>What passes between desk and agent can be written down and read back on another machine, whole.</summary>
public sealed class AgentWireTests
{
    /// <summary>What <see cref="IAgent"/> takes and gives, each of its kinds, once with all flags set and once with none.</summary>
    public static TheoryData<Type, Type, bool> Crossing
    {
        get
        {
            TheoryData<Type, Type, bool> all = [];
            var seam = typeof(IAgent).GetMethods()
                .SelectMany(m => m.GetParameters().Select(p => p.ParameterType).Append(m.ReturnType));
            foreach (var said in seam.Select(Plain).OfType<Type>().Concat(Kinds(typeof(Question)).Select(AnswerTo)).Distinct())
            {
                foreach (var kind in Kinds(said))
                {
                    all.Add(said, kind, true);
                    all.Add(said, kind, false);
                }
            }

            return all;
        }
    }

    [Theory, MemberData(nameof(Crossing))]
    public void Everything_that_crosses_the_seam_arrives_as_it_was_sent(Type said, Type kind, bool flags)
    {
        var sent = new Filled(flags).Of(kind)!;
        var text = JsonSerializer.Serialize(sent, said, AgentWire.Options);

        Deep.Of(JsonSerializer.Deserialize(text, said, AgentWire.Options)).ShouldBe(Deep.Of(sent), text);
    }

    [Fact]
    public void Every_kind_of_question_job_and_event_is_among_what_is_tried()
    {
        var tried = Crossing.Select(row => ((Type)row[1]).Name).ToHashSet();
        new[] { "BackupSpec", "CopySpec", "AddKey", "DescribeMachine", "RunEnded", "FileRequest", "MachineFacts",
            "Boolean" }.ShouldBeSubsetOf(tried);
        tried.Count.ShouldBeGreaterThan(40);
    }

    [Fact]
    public void What_an_older_machine_does_not_know_it_refuses()
    {
        var sent = JsonSerializer.Serialize<Question>(new ListFolder("/"), AgentWire.Options).Replace("}",
            ",\"onlyWithin\":\"/srv\"}", StringComparison.Ordinal);
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Question>(sent, AgentWire.Options));
    }

    [Fact]
    public void A_secret_is_written_by_nobody_who_did_not_ask_for_it()
    {
        var secret = new Secret("correct horse battery");
        foreach (var options in new[] { null, JsonSerializerOptions.Web, Columns.Json, ApiJson.Options, ApiJson.For(null) })
        {
            Should.Throw<NotSupportedException>(() => JsonSerializer.Serialize(new { password = secret }, options))
                .ToString().ShouldNotContain("battery");
        }

        foreach (var options in new[] { null, JsonSerializerOptions.Web, Columns.Json })
        {
            Should.Throw<NotSupportedException>(() => JsonSerializer.Deserialize<Secret>("\"•••\"", options));
        }

        JsonSerializer.Deserialize<Secret>("\"typed\"", ApiJson.Options)!.Reveal().ShouldBe("typed");
    }

    private static IEnumerable<Type> Kinds(Type type) => type.IsAbstract && type.Assembly == typeof(IAgent).Assembly
        ? type.Assembly.GetTypes().Where(t => !t.IsAbstract && t.IsAssignableTo(type))
        : [type];

    private static Type AnswerTo(Type question) => question.BaseType!.GetGenericArguments().Single();

    // Streams and the wish to stop travel in a way of their own.
    private static Type? Plain(Type type) => type switch
    {
        _ when type == typeof(Task) || type == typeof(CancellationToken) || type.IsAssignableTo(typeof(Stream))
            || type.IsGenericParameter => null,
        _ when type.IsAssignableTo(typeof(Question)) => typeof(Question),
        _ when type.IsGenericType && type.GetGenericTypeDefinition() is var of
            && (of == typeof(Task<>) || of == typeof(IAsyncEnumerable<>)) => Plain(type.GetGenericArguments()[0]),
        _ => type,
    };
}
