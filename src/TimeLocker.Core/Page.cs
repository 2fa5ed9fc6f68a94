namespace TimeLocker.Core;

/// <summary>
/// A part of a list. <paramref name="Next"/> is what to give as <c>after</c> for the part that follows; null at the
/// end.
/// </summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
