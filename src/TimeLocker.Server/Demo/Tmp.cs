using TimeLocker.Core.Agents; using TimeLocker.Core.Runs;
namespace TimeLocker.Server.Demo;
public static class DemoData { public const string User="demo"; public const string Password="demo-demo-demo"; public static Task FillAsync(IServiceProvider s, CancellationToken ct) => Task.CompletedTask; }
public sealed class DemoAgent : IAgent {
 public IAsyncEnumerable<RunEvent> RunAsync(RunSpec spec, long afterSequence, CancellationToken ct) => throw new InvalidOperationException();
 public bool Knows(Guid runId) => false;
 public Task StopAsync(Guid runId, CancellationToken ct) => Task.CompletedTask;
 public Task<T> AskAsync<T>(Question<T> q, CancellationToken ct) => throw new InvalidOperationException();
 public Task<Stream> OpenAsync(FileRequest r, CancellationToken ct) => throw new InvalidOperationException();
 public Task<Stream?> OpenLogAsync(Guid r, CancellationToken ct) => throw new InvalidOperationException(); }
