using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Checks;

/// <summary>Whether the machine runs on its battery, where the plan does not want that. What has no battery is on mains.</summary>
internal sealed class PowerCheck : ICheck
{
    public string Name => "power";

    public Task<Finding?> LookAsync(Inspection run, CancellationToken ct) =>
        run.Spec is not BackupSpec { Options.Conditions.SkipOnBattery: true }
        ? Finding.Nothing
        : OnBattery(run.HostPaths.PowerFolder)
            ? Finding.NotNow(Texts.OnBattery, Problems.BackupLeftOutMachine)
            : new Finding(Texts.OnMains);

    // As systemd's ConditionACPower sees it. A mouse has a battery, too, of scope "Device".
    internal static bool OnBattery(string folder)
    {
        try
        {
            var supplies = Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];
            return !supplies.Any(at => Read(at, "type") is not ("Battery" or "UPS") && Read(at, "online") == "1")
                && supplies.Any(at => Read(at, "type") is "Battery" or "UPS" && Read(at, "scope") != "Device"
                    && Read(at, "status") == "Discharging");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string? Read(string at, string name)
    {
        var file = Path.Combine(at, name);
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }
}
