using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Background;
using TimeLocker.Server.Data;
using TimeLocker.Server.Identity;
using TimeLocker.Server.Notices;
using TimeLocker.Server.Secrets;
using TimeLocker.Tests.Doubles;
using TimeLocker.Tests.Server.Background;
using TimeLocker.Tests.Server.Data;

namespace TimeLocker.Tests.Server.Notices;

/// <summary>
/// The outbox and who delivers it, on a real database, with a clock that is moved by hand and a channel that records.
/// </summary>
internal sealed class NoticeDeliveryRig : IAsyncDisposable
{
    private readonly StateRig state;
    private BackgroundEngine? engine;
    private int pokes;

    private NoticeDeliveryRig(StateRig state, Installation installation)
    {
        this.state = state;
        Databases = DataSetup.Factory(state.File);
        Audit = new AuditLog(Databases, Clock);
        var vault = new SecretVault(new VaultKey([], state.Options, installation, Audit, Databases), new SecretFilter(), Databases);
        Channels = new ChannelCatalog(Databases, Audit, vault, new ChannelKinds([Kind]), Writer, Clock);
        Outbox = new Outbox(Databases, Audit, Book, Clock);
    }

    public FakeClock Clock { get; } = new();
    public RecordingChannel Kind { get; } = new();
    public NoticeBook Book { get; } = new();
    public Heartbeat Life { get; } = new();
    public AuditLog Audit { get; }
    public ChannelCatalog Channels { get; }
    public Outbox Outbox { get; }
    public IDbContextFactory<TimeLockerDb> Databases { get; }
    public PublicAddress Address => field ??= new(Databases, Audit, state.Options);
    private NoticeWriter Writer => new(Address, Clock);

    public static async Task<NoticeDeliveryRig> NewAsync()
    {
        var state = new StateRig();
        var installation = await state.OpenAsync();
        return new NoticeDeliveryRig(state, installation);
    }

    public Task StartAsync()
    {
        engine = Engines.Of(Clock,
            new NoticeDelivery(Outbox, Book, Channels, Writer, Life, Clock, NullLogger<NoticeDelivery>.Instance));
        engine.Begin();
        return Task.CompletedTask;
    }

    public async Task StopAsync()
    {
        if (engine is not null)
        {
            await engine.StopAsync();
            engine.Dispose();
            engine = null;
        }
    }

    public async Task<Channel> ChannelAsync(string name, params NoticeEvent[] events)
    {
        var channel = await Channels.CreateAsync(new()
        {
            Name = name,
            Kind = Kind.Kind,
            Values = new() { ["name"] = name },
            UsualRules = false,
        }, DeskRig.Admin);
        if (events.Length > 0)
        {
            await new RuleCatalog(Databases, Audit,
                Clock).CreateAsync(new() { ChannelId = channel.Id, Events = [.. events] }, DeskRig.Admin);
        }

        return channel;
    }

    public async Task<Notice> TellAsync(string key, NoticeEvent what = NoticeEvent.Failed, NoticeLevel level = NoticeLevel.Error)
    {
        var notice = new Notice
        {
            Id = Guid.CreateVersion7(Clock.GetUtcNow()),
            Key = key,
            Event = what,
            Level = level,
            Title = Text.Verbatim(key),
            At = Clock.GetUtcNow(),
        };
        await Audit.TouchAsync(db => Book.AddAsync(db, notice));
        return notice;
    }

    /// <summary>Time passes, and whoever sleeps looks at the clock: a notice that nobody wants.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        Clock.Advance(time);
        await TellAsync($"poke:{++pokes}", NoticeEvent.Test, NoticeLevel.Info);
    }

    public async Task<IReadOnlyList<OutboxItem>> ItemsAsync()
    {
        await using var db = await Databases.CreateDbContextAsync();
        return await db.Outbox.AsNoTracking().OrderBy(i => i.Id).ToListAsync();
    }

    public async Task<Channel> ReadAsync(Channel channel) => await Channels.GetAsync(channel.Id, DeskRig.Admin);

    public Task UntilAsync(Func<OutboxItem, bool> all) => DeskRig.UntilAsync(async () => (await ItemsAsync()).All(all));

    public Task SqlAsync(string sql) => Audit.TouchAsync(db => db.Database.ExecuteSqlRawAsync(sql));

    public async ValueTask DisposeAsync()
    {
        Kind.Answer = (_, _) => Task.CompletedTask;
        await StopAsync();
        state.Dispose();
    }
}
