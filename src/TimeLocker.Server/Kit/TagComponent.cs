using Microsoft.AspNetCore.Components;

namespace TimeLocker.Server.Kit;

/// <summary>
/// What draws one HTML tag, and gives it everything that is no parameter of its own (<c>aria-…</c>, <c>@onclick</c>,
/// <c>disabled</c>).
/// </summary>
public abstract class TagComponent : GuardedComponent
{
    [Parameter(CaptureUnmatchedValues = true)] public IReadOnlyDictionary<string, object>? More { get; set; }
}
