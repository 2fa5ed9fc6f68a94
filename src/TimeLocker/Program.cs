using System.CommandLine;
using System.CommandLine.Invocation;
using TimeLocker;
using TimeLocker.Commands;

TimeLocker.Core.PrivateFile.KeepAllToOwner();
var parsed = CommandTree.Build().Parse(args is [] ? ["--help"] : args);
return parsed.Action is ParseErrorAction ? Misuse.Explain(parsed, args) : await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
