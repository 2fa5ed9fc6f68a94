using System.CommandLine;
using System.CommandLine.Invocation;
using TimeLocker.Commands;

TimeLocker.Core.PrivateFile.KeepAllToOwner();
var root = new RootCommand("TimeLocker backs this computer up with restic, and says whether that went well.")
{
    ServeCommand.Build(),
    SetupCommand.Build(),
    UserCommand.Build(),
    TokenCommand.Build(),
    SecretsCommand.Build(),
    AddressCommand.Build(),
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
    ClockCommand.Build(),
    SnapshotsCommand.Build(),
    RetentionCommand.Build(),
    PoliciesCommand.Build(),
    PinsCommand.Build(),
    TagsCommand.Build(),
    LsCommand.Build(),
    RestoreCommand.Build(),
    ChannelsCommand.Build(),
    RulesCommand.Build(),
    NoticesCommand.Build(),
    AnomaliesCommand.Build(),
    CleanUpCommand.Build(),
    CallCommand.Build(),
    DoctorCommand.Build(),
    VersionCommand.Build(),
};
var parsed = root.Parse(args is [] ? ["--help"] : args);
return parsed.Action is ParseErrorAction ? Misuse.Explain(parsed, args) : await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
