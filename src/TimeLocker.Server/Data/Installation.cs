namespace TimeLocker.Server.Data;

/// <summary>What is true of this installation for its whole life.</summary>
/// <param name="Id">Random; bound into secrets and the audit trail.</param>
public sealed record Installation(string Id)
{
    public const string IdSetting = "installation.id";
}
