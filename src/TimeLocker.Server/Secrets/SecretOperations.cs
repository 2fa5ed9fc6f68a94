using TimeLocker.Core;
using TimeLocker.Server.Api;

namespace TimeLocker.Server.Secrets;

public static class SecretOperations
{
    public static void Map(OperationMap map)
    {
        map.Get("secrets.show", "/secrets/store", Role.Admin, "Which store guards the key to all secrets, and which others could.",
            (SecretKeys keys, Actor who, CancellationToken ct) => keys.ShowAsync(who, ct));
        map.Post("secrets.move", "/secrets/store", Role.Admin, "Moves the key to another store; every secret is sealed anew.",
            (SecretKeys keys, NewStore store, Actor who, CancellationToken ct) => keys.MoveAsync(store, who, ct));
        map.Post("secrets.rotate", "/secrets/rotate", Role.Admin, "Replaces the key where it is; every secret is sealed anew.",
            (SecretKeys keys, Actor who, CancellationToken ct) => keys.RotateAsync(who, ct));
    }
}
