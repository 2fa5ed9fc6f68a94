using System.CommandLine;
using TimeLocker.Commands;

TimeLocker.Core.PrivateFile.KeepAllToOwner();
var root = new RootCommand("TimeLocker backs computers up with restic, and can prove it.")
{
    ServeCommand.Build(),
    SetupCommand.Build(),
    UserCommand.Build(),
    TokenCommand.Build(),
    SecretsCommand.Build(),
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
return await Mistyped.OrRunAsync(root.Parse(args), args);
