using TimeLocker.Server.Agents;
using TimeLocker.Server.Anomalies;
using TimeLocker.Server.Api;
using TimeLocker.Server.Background;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Identity;
using TimeLocker.Server.Monitoring;
using TimeLocker.Server.Notices;
using TimeLocker.Server.Overview;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Plugins;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Retention;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Secrets;
using TimeLocker.Server.Snapshots;
using TimeLocker.Server.Triggers;

namespace TimeLocker.Server;

/// <summary>The operations of the API: one line for each room.</summary>
public static class BuiltIns
{
    public static OperationMap Operations()
    {
        var map = new OperationMap();
        StatusOperations.Map(map);
        MachineOperations.Map(map);
        CleanUpOperations.Map(map);
        RepositoryOperations.Map(map);
        SnapshotOperations.Map(map);
        PlanOperations.Map(map);
        TriggerOperations.Map(map);
        RunOperations.Map(map);
        MaintenanceOperations.Map(map);
        ClockOperations.Map(map);
        BackgroundOperations.Map(map);
        RetentionOperations.Map(map);
        ChannelOperations.Map(map);
        IdentityOperations.Map(map);
        SecretOperations.Map(map);
        NoticeOperations.Map(map);
        AnomalyOperations.Map(map);
        DigestOperations.Map(map);
        PluginOperations.Map(map);
        return map;
    }
}
