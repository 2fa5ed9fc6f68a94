using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;

namespace TimeLocker.Commands;

/// <summary>All commands.</summary>
internal static class CommandTree
{
    public static RootCommand Build()
    {
        var root = new RootCommand
        {
            ServeCommand.Build(),
            SetupCommand.Build(),
            UserCommand.Build(),
            TokenCommand.Build(),
            SecretsCommand.Build(),
            AddressCommand.Build(),
            StatusCommand.Build(),
            MachinesCommand.Build(),
            RepositoriesCommand.Build(),
            PlansCommand.Build(),
            BackupCommand.Build(),
            TimersCommand.Build(),
            TriggersCommand.Build(),
            TriggersCommand.Fire(),
            RunsCommand.Build(),
            HooksCommand.Build(),
            PauseCommand.Pause(),
            PauseCommand.Resume(),
            QueueCommand.Build(),
            ClockCommand.Build(),
            BackgroundCommand.Build(),
            SnapshotsCommand.Build(),
            RetentionCommand.Build(),
            PoliciesCommand.Build(),
            PinsCommand.Build(),
            TagsCommand.Build(),
            LsCommand.Build(),
            DownloadCommand.Build(),
            RestoreCommand.Build(),
            RestoreFoldersCommand.Build(),
            ChannelsCommand.Build(),
            RulesCommand.Build(),
            NoticesCommand.Build(),
            DigestCommand.Build(),
            AnomaliesCommand.Build(),
            CleanUpCommand.Build(),
            PluginsCommand.Build(),
            CallCommand.Build(),
            DoctorCommand.Build(),
            CompletionCommand.Build(),
            VersionCommand.Build(),
        };
        root.Help = Texts.AboutTimeLocker;
        foreach (var option in CommandFrame.Global)
        {
            root.Add(option);
        }

        var help = root.Options.OfType<HelpOption>().Single();
        help.Help = Texts.ShowsHelp;
        root.Options.OfType<VersionOption>().Single().Help = Texts.ShowsVersion;
        help.Action = new ShortHelp((HelpAction)help.Action!);
        root.Directives.OfType<SuggestDirective>().Single().Action = new Suggestions(root);
        return root;
    }

    // What every command understands is explained once, at the top.
    private sealed class ShortHelp(HelpAction usual) : System.CommandLine.Invocation.SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parsed)
        {
            var below = parsed.CommandResult.Command is not RootCommand;
            foreach (var option in CommandFrame.Global)
            {
                option.Hidden = below;
            }

            HelpText.Fill(parsed.CommandResult.Command);
            var code = usual.Invoke(parsed);
            if (below)
            {
                parsed.InvocationConfiguration.Output.WriteLine(
                    Texts.GoWithEveryCommand(string.Join(", ", CommandFrame.Global.Select(o => o.Name))));
            }

            return code;
        }
    }
}
