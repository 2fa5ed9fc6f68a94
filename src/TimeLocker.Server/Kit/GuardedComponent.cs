using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace TimeLocker.Server.Kit;

/// <summary>
/// What every component of ours is (<c>_Imports.razor</c>): a fault in one of its events, or while it takes new values,
/// is told in words and the page stays. Left to the error boundary, it would take the whole page with it, and what was
/// typed. It stays in the language of its reader, whoever has it drawn again.
/// </summary>
public abstract class GuardedComponent : ComponentBase, IHandleEvent
{
    private readonly CultureInfo language = CultureInfo.CurrentUICulture;
    private bool begun;

    [CascadingParameter] protected Attempt Attempt { get; set; } = Attempt.Bare;

    public override async Task SetParametersAsync(ParameterView parameters)
    {
        try
        {
            await base.SetParametersAsync(parameters);
            begun = true;
        }
        catch (Exception fault) when (begun && !IsPage && Attempt.Holds(fault))
        {
            Attempt.Tell(fault);
        }
    }

    /// <summary>For what goes on elsewhere: it comes in a language of its own, or in none.</summary>
    protected new Task InvokeAsync(Func<Task> work) => base.InvokeAsync(async () =>
    {
        CultureInfo.CurrentUICulture = language; // until this ends: an async method gives back what it found
        await work();
    });

    protected new Task InvokeAsync(Action work) => InvokeAsync(() =>
    {
        work();
        return Task.CompletedTask;
    });

    async Task IHandleEvent.HandleEventAsync(EventCallbackWorkItem callback, object? arg)
    {
        await GuardAsync(() =>
        {
            var work = callback.InvokeAsync(arg);
            if (!work.IsCompleted)
            {
                StateHasChanged(); // what it did before it first waited
            }

            return work;
        });
        StateHasChanged();
    }

    /// <summary>Does something that nobody waits for: what goes wrong is told, and the page stays.</summary>
    protected async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
        catch (Exception fault) when (Attempt.Holds(fault))
        {
            Attempt.Tell(fault);
        }
    }

    // A page takes new values when somebody goes elsewhere: what is wrong then is its content.
    private bool IsPage => GetType().IsDefined(typeof(RouteAttribute), inherit: false);
}
