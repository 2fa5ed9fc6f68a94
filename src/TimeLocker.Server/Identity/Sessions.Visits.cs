using System.Security.Claims;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Server.Background;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Identity;

public sealed partial class Sessions : IBackgroundWork
{
    /// <summary>
    /// While pages are open: how often the database's file is looked at, since the command line changes accounts beside
    /// the server.
    /// </summary>
    internal static readonly TimeSpan Glance = TimeSpan.FromSeconds(2);

    private readonly Lock door = new();
    private readonly HashSet<Visit> visits = [];
    private Action wake = () => { };
    private DateTime written;

    /// <summary>A page of somebody is open until it is disposed of: it is told when their session is over.</summary>
    public Visit Open(ClaimsPrincipal who)
    {
        var visit = new Visit(who, Leave);
        lock (door)
        {
            visits.Add(visit);
        }

        wake();
        _ = LookAsync(); // it may have ended while the page was on its way
        return visit;
    }

    /// <summary>An account or a session has changed: ends the visits whose session does not hold any more.</summary>
    internal async Task<bool> LookAsync()
    {
        List<Visit> open;
        lock (door)
        {
            open = [.. visits.Where(v => v.Over is null)];
        }

        try
        {
            foreach (var visit in open)
            {
                if (await WhyOverAsync(visit.Who, CancellationToken.None) is { } why)
                {
                    visit.End(why);
                }
            }

            return true;
        }
        catch (Exception fault) when (WriteFailure.Is(fault))
        {
            log.LogWarning("Whether the sessions of open pages still hold cannot be read for now: {Reason}", fault.Message);
            return false;
        }
    }

    public string Name => "sessions";

    public Text Does => Texts.SessionsDoes;

    public void Begin(Action wake) => this.wake = wake;

    // Every commit, whoever makes it, changes the file.
    public async Task<DateTimeOffset?> RunAsync(bool asked, CancellationToken ct)
    {
        var now = File.GetLastWriteTimeUtc(options.DatabaseFile);
        if (now != written && await LookAsync())
        {
            written = now;
        }

        lock (door)
        {
            return visits.Count == 0 ? null : clock.GetUtcNow() + Glance;
        }
    }

    private void Leave(Visit visit)
    {
        lock (door)
        {
            visits.Remove(visit);
        }
    }
}
