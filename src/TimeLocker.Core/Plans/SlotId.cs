using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TimeLocker.Core.Plans;

/// <summary>
/// The id of the run that answers a slot of a plan: whoever decides it, here or on a machine that is away, gives it the same one, so it
/// can never be begun twice. Version 7 with the slot's moment, so ids go on sorting by time.
/// </summary>
public static class SlotId
{
    public static Guid Of(Guid plan, DateTimeOffset slot)
    {
        Span<byte> seed = stackalloc byte[16 + sizeof(long)];
        plan.TryWriteBytes(seed, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(seed[16..], slot.UtcTicks);
        Span<byte> id = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(seed, id);
        Span<byte> time = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(time, slot.ToUnixTimeMilliseconds());
        time[2..].CopyTo(id);
        id[6] = (byte)(0x70 | (id[6] & 0x0F)); // version
        id[8] = (byte)(0x80 | (id[8] & 0x3F)); // variant
        return new Guid(id[..16], bigEndian: true);
    }
}
