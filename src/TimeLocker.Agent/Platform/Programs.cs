using TimeLocker.Agent.Checks;

namespace TimeLocker.Agent.Platform;

internal static class Programs
{
    /// <summary>Where programs are looked for, as PATH says.</summary>
    public static string SearchPath => Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin";

    /// <summary>Those of these programs that are on PATH and may be run.</summary>
    public static IReadOnlyList<string> Found(IEnumerable<string> wanted) => [.. wanted.Where(program => IsThere(program))];

    public static bool IsThere(string program, string? path = null) =>
        (path ?? SearchPath).Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .Any(file => File.Exists(file) && Native.May(file, Native.MayEnter));
}
