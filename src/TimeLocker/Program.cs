using System.CommandLine;
using System.CommandLine.Invocation;
using TimeLocker;
using TimeLocker.Commands;

TimeLocker.Core.PrivateFile.KeepAllToOwner();
var parsed = CommandTree.Build().Parse(args is [] ? ["--help"] : args);
if (parsed.Action is ParseErrorAction)
{
    return UsageErrors.Explain(parsed, args);
}

var serves = parsed.CommandResult.Command.Name == ServeCommand.Name;
if (serves)
{
    // before anybody listens to signals: one that is told to us would be lost
    TimeLocker.Core.Processes.DiagnosticsGuard.BeginAgain();
}

return await parsed.InvokeAsync(new InvocationConfiguration
{
    EnableDefaultExceptionHandler = false,
    ProcessTerminationTimeout = serves ? ServeCommand.UntilStopped : TimeSpan.FromSeconds(2),
});
