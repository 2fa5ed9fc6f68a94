using System.Security.Claims;
using TimeLocker.Core;

namespace TimeLocker.Server.Identity;

/// <summary>A page or stream that somebody has open, from its first moment to its last.</summary>
public sealed class Visit : IDisposable
{
    private readonly CancellationTokenSource ended = new();
    private readonly Action<Visit> leave;

    internal Visit(ClaimsPrincipal who, Action<Visit> leave) => (Who, this.leave) = (who, leave);

    internal ClaimsPrincipal Who { get; }

    /// <summary>Why its session is over, null: it holds.</summary>
    public Text? Over { get; private set; }

    /// <summary>Cancelled when the session is over.</summary>
    public CancellationToken Ended => ended.Token;

    public void Dispose() => leave(this);

    internal void End(Text why)
    {
        Over ??= why;
        ended.Cancel();
    }
}
