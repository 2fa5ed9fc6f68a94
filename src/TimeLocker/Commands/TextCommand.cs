using System.CommandLine;

namespace TimeLocker.Commands;

/// <summary>A command whose help is a text.</summary>
internal sealed class TextCommand : Command
{
    public TextCommand(string name, Text help) : base(name) => this.Help = help;
}
