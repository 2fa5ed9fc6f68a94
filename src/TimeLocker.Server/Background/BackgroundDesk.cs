using TimeLocker.Core;
using TimeLocker.Server.Audit;

namespace TimeLocker.Server.Background;

/// <summary>What the server does by itself, for Admins who wonder whether it does.</summary>
public sealed class BackgroundDesk(WorkRegistry book, AuditLog audit)
{
    public IReadOnlyList<WorkState> List(Actor who)
    {
        who.MustBe(Role.Admin);
        return book.States;
    }

    /// <summary>Has it done now, whether it is due or not; one that runs already is run once more after it.</summary>
    public async Task<WorkState> RunAsync(string name, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var work = book.Find(name) ?? throw ProblemException.NotFound(Texts.WorkInBackground, Texts.SeeListTimelockerBackground);
        await audit.ChangeAsync(who, "background.asked", (_, note) =>
        {
            note.About("background", name);
            return Task.CompletedTask;
        }, ct);
        work.Wake();
        return work.State;
    }
}
