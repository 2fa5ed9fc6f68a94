using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Notices;

namespace TimeLocker.Server.Plugins;

/// <summary>
/// The plugins of this server: how they stand, and which an Admin allows. What is changed here counts from the next
/// start.
/// </summary>
public sealed class PluginDesk(LoadedPlugins loaded, IDbContextFactory<TimeLockerDb> databases, AuditLog audit,
    NoticeBook book, TimeProvider clock, ILogger<PluginDesk> log)
{
    public async Task<PluginList> ListAsync(Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Auditor);
        await using var db = await databases.CreateDbContextAsync(ct);
        var allowed = await LoadedPlugins.AllowedAsync(db, ct);
        var there = (loaded.Folder?.Read() ?? []).ToDictionary(p => p.Name);
        var names = there.Keys.Concat(allowed.Keys).Concat(loaded.All.Select(p => p.Name)).Distinct()
            .Order(StringComparer.OrdinalIgnoreCase);
        return new(loaded.Folder?.Path, loaded.Folder?.Refusal(),
            [.. names.Select(name => Of(name, there.GetValueOrDefault(name), allowed.GetValueOrDefault(name),
                loaded.All.FirstOrDefault(p => p.Name == name)))]);
    }

    public async Task<PluginFacts> AllowAsync(PluginAllowance wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var plugin = loaded.Folder?.Find(wanted.Name ?? "") ?? throw Unknown();
        if (plugin.Why is { } why)
        {
            throw new ProblemException(ProblemKind.Conflict,
                new Problem(Texts.PluginCannotAllowed(plugin.Name), why, Texts.CorrectInFolderThen));
        }

        if (!string.Equals(plugin.Hash, wanted.Hash?.Trim(), StringComparison.OrdinalIgnoreCase))
        {
            throw new ProblemException(ProblemKind.Conflict, Problems.NothingAllowedFilesPlugin);
        }

        await audit.ChangeAsync(who, "plugin.allowed", async (db, note) =>
        {
            await LoadedPlugins.AllowAsync(db, plugin.Name, plugin.Hash, ct);
            note.About("plugin", plugin.Name, new { hash = plugin.Hash });
        }, ct);
        return await GetAsync(plugin.Name, who, ct);
    }

    public async Task ForbidAsync(string name, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        await audit.ChangeAsync(who, "plugin.forbidden", async (db, note) =>
        {
            var hash = (await LoadedPlugins.AllowedAsync(db, ct)).GetValueOrDefault(name) ?? throw Unknown();
            await LoadedPlugins.AllowAsync(db, name, null, ct);
            note.About("plugin", name, new { hash });
        }, ct);
    }

    /// <summary>What was allowed and does not run is said where people look: what it adds is missing.</summary>
    internal async Task TellAsync(CancellationToken ct)
    {
        foreach (var fault in loaded.All.Select(p => p.Fault).OfType<Exception>())
        {
            log.LogError(fault, "a plugin does not run");
        }

        var still = loaded.Folder is null ? []
            : (await ListAsync(Actor.System, ct)).Items.Where(p => p is { AllowedHash: not null, Problem: not null })
                .ToList();
        foreach (var plugin in still)
        {
            log.LogError("The plugin {Plugin} is off: {Why}", plugin.Name, plugin.Problem!.Why.Full);
            await audit.TouchAsync(db => book.AddAsync(db, new Notice
            {
                Id = Guid.CreateVersion7(clock.GetUtcNow()),
                Key = $"plugin:{plugin.Name}:{plugin.State}:{plugin.AllowedHash}:{plugin.Hash}",
                Event = NoticeEvent.PluginOff,
                Level = NoticeLevel.Error,
                Title = Texts.PluginIsOff(plugin.Name),
                Text = TextList.Lines([plugin.Problem.Why, plugin.Problem.Next]),
                Link = "/settings/plugins",
                At = clock.GetUtcNow(),
            }), ct);
        }
    }

    private async Task<PluginFacts> GetAsync(string name, Actor who, CancellationToken ct) =>
        (await ListAsync(who, ct)).Items.Single(p => p.Name == name);

    private PluginFacts Of(string name, PluginFiles? there, string? allowed, LoadedPlugin? runs)
    {
        var state = there?.Why is not null && (allowed is not null || runs is null) ? PluginState.Refused
            : allowed is null ? runs is { Problem: null } ? PluginState.Ending : PluginState.Off
            : loaded.Folder is null ? PluginState.Waiting // this start leaves plugins out
            : there is null ? PluginState.Gone
            : there.Hash != allowed ? PluginState.Changed
            : runs?.Hash != allowed ? PluginState.Waiting
            : runs.Problem is null ? PluginState.Running : PluginState.Faulty;
        return new(name, state, there?.Hash ?? "", allowed, runs?.Adds ?? [], state switch
        {
            PluginState.Refused => Off(name, there!.Why!,
                allowed is null ? Texts.CorrectInFolderThen : Texts.CorrectInFolderThenStart),
            PluginState.Gone => Off(name, Texts.NotInFolderAny, Texts.PutBackOrForbid),
            PluginState.Changed => Off(name, Texts.FilesNotThoseAllowed, Texts.IfYouKnowWho),
            PluginState.Faulty => runs!.Problem,
            _ => null,
        })
        {
            // What runs goes on until the server starts again.
            Pending = state is PluginState.Waiting or PluginState.Ending
                || (runs is { Problem: null } && state is not PluginState.Running),
        };
    }

    private static Problem Off(string name, Text why, Text next) => new(Texts.PluginOff(name), why, next);

    private static ProblemException Unknown() => ProblemException.NotFound(Texts.Plugin, Texts.SeeSettingsPlugins);
}
