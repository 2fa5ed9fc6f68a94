using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using Shouldly;
using TimeLocker.Commands;
using TimeLocker.Core;
using TimeLocker.Server;
using Xunit;

namespace TimeLocker.Tests.Architecture;

/// <summary>The command line does all that the API does, and its commands look alike.</summary>
public sealed partial class CommandLineTests
{
    /// <summary>Operations that no command needs, and why.</summary>
    private static readonly Dictionary<string, string> Without = new()
    {
        ["notices.seen"] = "A person's own mark in the dashboard; whoever uses a token has none.",
        ["queue.paused"] = "A part of queue.get, for clients that poll it.",
    };

    [Fact]
    public void Every_operation_has_a_command_or_a_reason_for_having_none()
    {
        var said = Said();

        BuiltIns.Operations().All.Select(o => o.Name).Where(o => !said.Contains(o)).Order().ShouldBe(Without.Keys.Order());
    }

    [Fact]
    public void No_command_asks_for_an_operation_that_is_not_there()
    {
        var nouns = BuiltIns.Operations().All.Select(o => o.Name.Split('.')[0]).ToHashSet();

        Said().Where(word => Operation().IsMatch(word) && nouns.Contains(word.Split('.')[0]))
            .Where(word => BuiltIns.Operations().Find(word) is null).ShouldBeEmpty();
    }

    [Fact]
    public void A_body_is_understood_by_its_members_in_every_operation()
    {
        // In JSON-RPC a body may also be given whole, under the parameter's name: a member of that name could not be told apart.
        var alike = from operation in BuiltIns.Operations().All
                    from parameter in operation.Handler.Method.GetParameters()
                    where parameter.ParameterType.Namespace?.StartsWith("TimeLocker", StringComparison.Ordinal) == true
                    where parameter.ParameterType.GetProperty(parameter.Name!,
                        BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance) is not null
                    select $"{operation.Name}: {parameter.Name}";
        alike.ShouldBeEmpty();
    }

    [Fact]
    public void A_group_does_by_itself_what_its_list_or_show_does()
    {
        foreach (var group in All(CommandTree.Build()).Where(c => c.Subcommands.Count > 0 && c is not RootCommand))
        {
            group.Action.ShouldNotBeNull(group.Name);
            (group.Name == "cleanup"
                || group.Subcommands.Where(c => c.Name is "list" or "show" or "preview").Select(c => c.Action)
                    .Contains(group.Action)).ShouldBeTrue(group.Name);
        }
    }

    [Fact]
    public void What_every_command_understands_stands_before_it_or_behind_it()
    {
        foreach (var command in All(CommandTree.Build())
            .Where(c => c.Action is not null && c.Arguments.Count == 0 && c.Options.All(o => !o.Required)))
        {
            foreach (var line in (string[])[$"--json --data /x {Path(command)}", $"{Path(command)} --json --data /x"])
            {
                CommandTree.Build().Parse(line).Errors.ShouldBeEmpty(line);
            }
        }
    }

    [Fact]
    public void Every_command_argument_and_option_says_what_it_is()
    {
        foreach (var command in All(CommandTree.Build()))
        {
            command.Help.Full.ShouldMatch("[.)*\"0-9a-z]$", command.Name);
        }
    }

    [Fact]
    public void What_the_help_says_is_in_the_language_of_whoever_reads_it()
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = new(TextCatalog.PseudoLanguage);
        try
        {
            foreach (var command in All(CommandTree.Build()))
            {
                ((Symbol[])[command, .. command.Arguments, .. command.Options])
                    .Where(said => !said.Help.Full.StartsWith('⟦')).Select(said => $"{Path(command)} {said.Name}").ShouldBeEmpty();
            }

            var help = new StringWriter();
            CommandTree.Build().Parse("triggers remove --help").Invoke(new() { Output = help });
            help.ToString().Split('\n')
                .Where(line => line.StartsWith("  ", StringComparison.Ordinal)
                    && !line.EndsWith("[options]", StringComparison.Ordinal))
                .ShouldAllBe(line => line.Contains('⟦'));
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    [Fact]
    public void The_help_of_every_command_is_written_and_names_no_type_of_ours()
    {
        foreach (var command in All(CommandTree.Build()))
        {
            var help = new StringWriter();
            CommandTree.Build().Parse($"{(command is RootCommand ? "" : Path(command))} --help")
                .Invoke(new() { Output = help }).ShouldBe(0);
            help.ToString().ShouldContain("Usage:");
            Shown().Matches(help.ToString()).ShouldBeEmpty(Path(command));
        }
    }

    [Theory, InlineData("repositories check x --depth nonsense"), InlineData("token create --name x --role Root"),
        InlineData("backup x --mode half"), InlineData("repositories repair x all")]
    public void A_word_that_is_not_one_of_a_few_is_refused_with_those_few(string line) =>
        CommandTree.Build().Parse(line).Errors.ShouldHaveSingleItem().Message.ShouldMatch("^“.*” is not one of [a-z, -]+\\.$");

    [Theory]
    [InlineData("backup x --mode DryRun"), InlineData("backup x --mode dryRun"), InlineData("backup x --mode dry-run"),
        InlineData("backup x --dry-run")]
    [InlineData("restore x --dry-run"), InlineData("repositories prune x --dry-run"), InlineData("cleanup --dry-run")]
    [InlineData("repositories check x --depth Metadata"), InlineData("repositories check x --depth structure"),
        InlineData("user create x --role Viewer")]
    public void One_spelling_everywhere_and_the_former_ones_are_understood(string line) =>
        CommandTree.Build().Parse(line).Errors.ShouldBeEmpty();

    private static IEnumerable<Command> All(Command command) => [command, .. command.Subcommands.SelectMany(All)];

    private static string Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } above and not RootCommand
            ? $"{Path(above)} {command.Name}" : command.Name;

    /// <summary>Every text in the program: where an operation is called, its name is one.</summary>
    private static HashSet<string> Said()
    {
        using var file = new PEReader(File.OpenRead(typeof(CommandTree).Assembly.Location));
        var metadata = file.GetMetadataReader();
        HashSet<string> said = [];
        for (var text = MetadataTokens.UserStringHandle(1); !text.IsNil; text = metadata.GetNextHandle(text))
        {
            said.Add(metadata.GetUserString(text));
        }

        return said;
    }

    [GeneratedRegex("<[A-Z][A-Za-z]*(\\|[A-Za-z]+)*>|expected type")]
    private static partial Regex Shown();

    [GeneratedRegex("^[a-z]+\\.[a-z-]+$")]
    private static partial Regex Operation();
}
