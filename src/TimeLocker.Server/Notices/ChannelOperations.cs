using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Api;

namespace TimeLocker.Server.Notices;

public static class ChannelOperations
{
    public static void Map(OperationMap map)
    {
        map.Get("channels.kinds", "/channels/kinds", Role.Operator, "The kinds of channels, with their fields.",
            (ChannelKinds kinds, Actor who) => new Page<ChannelKind>(kinds.List(who), null));
        map.Get("channels.list", "/channels", Role.Operator, "All channels, without their secrets.",
            async (ChannelCatalog channels, Actor who,
                CancellationToken ct) => new Page<Channel>(await channels.ListAsync(who, ct), null));
        map.Post("channels.create", "/channels", Role.Admin, "Adds a channel. The first one gets the usual rules.",
            (ChannelCatalog channels, NewChannel channel, Actor who,
                CancellationToken ct) => channels.CreateAsync(channel, who, ct), 201);
        map.Post("channels.test", "/channels/test", Role.Admin, "Sends a test message through a channel that is not saved.",
            (ChannelCatalog channels, NewChannel channel, Actor who, CancellationToken ct) => channels.TestAsync(channel, who, ct));
        map.Get("channels.get", "/channels/{id}", Role.Operator, "One channel, without its secrets.",
            (ChannelCatalog channels, Guid id, Actor who, CancellationToken ct) => channels.GetAsync(id, who, ct));
        map.Put("channels.update", "/channels/{id}", Role.Admin, "Changes a channel; what is left out stays, an empty secret too.",
            (ChannelCatalog channels, Guid id, ChannelChange change, Actor who, CancellationToken ct) =>
                channels.UpdateAsync(id, change, who.Having(change.Revision), ct));
        map.Delete("channels.remove", "/channels/{id}", Role.Admin,
            "Removes a channel, its rules, and what waits to be sent through it.",
            (ChannelCatalog channels, Guid id, int? revision, Actor who,
                CancellationToken ct) => channels.RemoveAsync(id, who.Having(revision), ct));
        map.Post("channels.test-again", "/channels/{id}/test", Role.Admin,
            "Sends a test message through a saved channel, and remembers what came of it.",
            (ChannelCatalog channels, Guid id, Actor who, CancellationToken ct) => channels.TestAgainAsync(id, who, ct));
        map.Get("rules.list", "/rules", Role.Operator, "The rules: who gets what.",
            async (RuleCatalog rules, Actor who,
                CancellationToken ct) => new Page<NoticeRule>(await rules.ListAsync(who, ct), null));
        map.Post("rules.create", "/rules", Role.Admin, "Makes a rule.",
            (RuleCatalog rules, NewRule rule, Actor who, CancellationToken ct) => rules.CreateAsync(rule, who, ct), 201);
        map.Get("rules.get", "/rules/{id}", Role.Operator, "One rule.",
            (RuleCatalog rules, Guid id, Actor who, CancellationToken ct) => rules.GetAsync(id, who, ct));
        map.Put("rules.update", "/rules/{id}", Role.Admin,
            "Changes a rule; takes it as a whole, with the revision that it was made from.",
            (RuleCatalog rules, Guid id, NewRule rule, Actor who, CancellationToken ct) =>
                rules.UpdateAsync(id, rule, who.MustHaveSeen(Role.Admin, rule.Revision), ct));
        map.Delete("rules.remove", "/rules/{id}", Role.Admin, "Removes a rule.",
            (RuleCatalog rules, Guid id, int? revision, Actor who, CancellationToken ct) => rules.RemoveAsync(id,
                who.Having(revision), ct));
    }
}
