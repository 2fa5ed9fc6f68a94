using TimeLocker.Agent.Hooks;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Checks;

/// <summary>Whether the program whose output is to be saved is in the machine's hook directory and may be run.</summary>
internal sealed class CommandCheck : ICheck
{
    public string Name => "command";

    public Task<Finding?> LookAsync(Inspection run, CancellationToken ct)
    {
        if (run.Spec is not BackupSpec { Options.Command: { } command })
        {
            return Finding.Nothing;
        }

        run.SourceProgram = new HookDirectory(run.HostPaths.HookFolder).Find(command.File);
        return new Finding(Texts.OutputSavedAs(command.File, command.Path.AsName()));
    }
}
