namespace TimeLocker.Agent.Checks;

internal static class Programs
{
    /// <summary>Those of these programs that are on PATH and may be run.</summary>
    public static IReadOnlyList<string> Found(params ReadOnlySpan<string> wanted)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin").Split(':', StringSplitOptions.RemoveEmptyEntries);
        List<string> found = [];
        foreach (var program in wanted)
        {
            if (folders.Any(folder => File.Exists(Path.Combine(folder, program)) && Native.May(Path.Combine(folder, program), Native.MayEnter)))
            {
                found.Add(program);
            }
        }

        return found;
    }
}
