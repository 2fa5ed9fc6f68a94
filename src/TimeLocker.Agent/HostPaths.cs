namespace TimeLocker.Agent;

/// <summary>Where on the machine the agent looks for what is not its own.</summary>
public sealed record HostPaths
{
    public const string UsualHooks = "/etc/timelocker/hooks";

    /// <summary>The hook directory, see <see cref="Hooks.HookDirectory"/>.</summary>
    public string HookFolder { get; init; } = UsualHooks;

    /// <summary>Batteries and power supplies, as Linux shows them.</summary>
    public string PowerFolder { get; init; } = "/sys/class/power_supply";

    /// <summary>The program that asks the system bus (of systemd).</summary>
    public string Busctl { get; init; } = "busctl";
}
