using System.CommandLine;
using System.Runtime.CompilerServices;

namespace TimeLocker.Commands;

/// <summary>
/// What the help says of a command, an argument, an option. The words are looked up when the help is read: all other commands
/// start without.
/// </summary>
internal static class HelpText
{
    private static readonly ConditionalWeakTable<Symbol, Text> All = [];

    extension(Symbol symbol)
    {
        public Text Help
        {
            get => All.TryGetValue(symbol, out var text) ? text : Text.Empty;
            set => All.AddOrUpdate(symbol, value);
        }
    }

    /// <summary>Looks up all that the help of this command shows.</summary>
    public static void Fill(Command command)
    {
        foreach (var symbol in Shown(command).Concat(command.Subcommands))
        {
            symbol.Description = All.TryGetValue(symbol, out var text) ? text : symbol.Description;
        }
    }

    // What a command above it takes is shown, too.
    private static IEnumerable<Symbol> Shown(Command command) =>
        [command, .. command.Arguments, .. command.Options, .. command.Parents.OfType<Command>().SelectMany(Shown)];
}
