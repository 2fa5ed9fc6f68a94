namespace TimeLocker.Core;

/// <summary>What a person or token may do. Admin includes Operator and Auditor; both include Viewer.</summary>
public enum Role { Viewer, Auditor, Operator, Admin }

/// <summary>The way in that a request took; kept in the audit trail.</summary>
public enum Via { System, Ui, Api, Cli }

/// <summary>Who asks. Every desk method that changes something takes one and checks it on its first line.</summary>
/// <param name="Id">Stable id: <c>u_…</c> a person, <c>t_…</c> a token, <c>owner</c> the owner of the state directory,
/// <c>system</c>.</param>
/// <param name="Name">For people; never written to the audit trail.</param>
public sealed record Actor(string Id, string Name, Role Role, Via Via)
{
    public static Actor System { get; } = new("system", "TimeLocker", Role.Admin, Via.System);

    /// <summary>Who may read the state directory, on the command line.</summary>
    public static Actor Owner { get; } = new("owner", "owner of the state directory", Role.Admin, Via.Cli);

    /// <summary>
    /// The revision of the thing that they are about to change, as they know it: if it has another one, nothing is
    /// changed. Null: not said; 0: whatever it is.
    /// </summary>
    public int? Seen { get; init; }

    /// <summary>
    /// Cancelled once they may act no more: whoever still holds this actor, a page for instance, is refused from then
    /// on.
    /// </summary>
    public CancellationToken Ended { get; init; }

    /// <param name="revision">Null: what is known already counts.</param>
    public Actor Having(int? revision) => revision is null ? this : this with { Seen = revision };

    /// <summary>
    /// For what is taken as a whole: who does not say what it was made from would remove what somebody else has added
    /// since.
    /// </summary>
    /// <exception cref="ProblemException">of kind Unseen: they do not say; Forbidden, which goes first.</exception>
    public Actor MustHaveSeen(Role needed, int? revision)
    {
        MustBe(needed);
        return Having(revision) is { Seen: not null } knowing ? knowing
            : throw new ProblemException(ProblemKind.Unseen, Problems.NothingChangedRequestReplaces);
    }

    public bool Is(Role needed) => Role == Role.Admin || Role == needed || needed == Role.Viewer;

    /// <exception cref="ProblemException">of kind Forbidden; Unauthorized: they are signed out by now.</exception>
    public void MustBe(Role needed)
    {
        if (Ended.IsCancellationRequested)
        {
            throw new ProblemException(ProblemKind.Unauthorized, Problems.NothingDoneYouSigned);
        }

        if (!Is(needed))
        {
            throw new ProblemException(ProblemKind.Forbidden,
                Problems.YouNotAllowedDo(TextArgument.Of(needed), Name, TextArgument.Of(Role)));
        }
    }
}
