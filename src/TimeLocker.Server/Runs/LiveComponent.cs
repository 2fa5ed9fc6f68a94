using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Components;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Kit;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Runs;

/// <summary>
/// A component that shows runs as they go: redrawn at most four times a second, and told when a run passes a milestone.
/// </summary>
public abstract class LiveComponent : GuardedComponent, IDisposable
{
    private static readonly TimeSpan Quarter = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource gone = new();
    private readonly Dictionary<Guid, RunState> states = [];
    private RunSubscription? watch;
    private long drawn;
    private bool due;

    [Inject] protected RunFeed Feed { get; set; } = default!;
    [Inject] protected TimeProvider Time { get; set; } = default!;

    /// <summary>
    /// Ends when the component leaves the page. A run that is told in that instant asks for it still, when its source
    /// is disposed.
    /// </summary>
    protected CancellationToken Gone { get; }

    protected LiveComponent() => Gone = gone.Token;

    protected virtual bool Concerns(Run run) => true;

    /// <summary>A run was queued, started or ended: the time to read again what the database knows.</summary>
    protected virtual Task OnMilestoneAsync(Run run) => Task.CompletedTask;

    /// <summary>Listens before anything is read, so nothing happens in between. A prerendered page has nobody to tell.</summary>
    public override Task SetParametersAsync(ParameterView parameters)
    {
        watch ??= RendererInfo.IsInteractive ? Feed.Watch() : null;
        return base.SetParametersAsync(parameters);
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender && watch is not null)
        {
            _ = FollowAsync(watch);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The page tells it.")]
    private async Task FollowAsync(RunSubscription watch)
    {
        try
        {
            await foreach (var run in watch.ReadAsync(gone.Token))
            {
                if (Concerns(run))
                {
                    await GuardAsync(() => NoteAsync(run));
                }
            }
        }
        catch (Exception e) when (gone.IsCancellationRequested && e is OperationCanceledException or ObjectDisposedException)
        {
            // The page was left.
        }
        catch (Exception e)
        {
            await DispatchExceptionAsync(e);
        }
    }

    private async Task NoteAsync(Run run)
    {
        var isNew = !states.TryGetValue(run.Id, out var before) || before != run.State;
        states[run.Id] = run.State;
        if (isNew)
        {
            await InvokeAsync(() => OnMilestoneAsync(run));
        }

        if (due)
        {
            return;
        }

        var wait = Quarter - Time.GetElapsedTime(drawn);
        if (wait > TimeSpan.Zero)
        {
            due = true;
            _ = DrawLaterAsync(wait);
            return;
        }

        await DrawAsync();
    }

    private async Task DrawLaterAsync(TimeSpan wait)
    {
        await Task.Delay(wait, Time, gone.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        due = false;
        if (!gone.IsCancellationRequested)
        {
            await DrawAsync();
        }
    }

    private Task DrawAsync()
    {
        drawn = Time.GetTimestamp();
        return InvokeAsync(StateHasChanged);
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing && !gone.IsCancellationRequested)
        {
            gone.Cancel();
            gone.Dispose();
            watch?.Dispose();
        }
    }
}
