using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Core;
using TimeLocker.Server.Api;
using TimeLocker.Server.Identity;

namespace TimeLocker.Commands;

internal static class UserCommand
{
    private static readonly Argument<string> Name = new("name") { Help = Texts.NameOfAccount };
    private static readonly Option<bool> Stdin = new("--password-stdin") { Help = Texts.ReadPassword };

    public static Command Build() => new TextCommand("user", Texts.AboutAccounts)
    {
        Create(), Role(), ResetPassword(), Disable(), Enable(),
    }.Local(async (parsed, output, ct) =>
    {
        await using var desks = await OfflineState.OpenAsync(parsed, ct);
        var users = (await desks.GetRequiredService<UserCatalog>().ListAsync(ct))
            .Select(u => new { id = u.Id, name = u.UserName, role = u.Role, disabled = u.DisabledAt is not null });
        return output.Table(JsonSerializer.SerializeToNode(users, ApiJson.Options),
            (Texts.ColumnName, u => u["name"]?.ToString()),
            (Texts.ColumnRole, u => u["role"]?.ToString()),
            (Texts.ColumnDisabled, u => (bool)u["disabled"]! ? Texts.Yes : ""),
            (Texts.ColumnId, u => u["id"]?.ToString()));
    }, "users.list").Also("list", Texts.ListsAccounts);

    private static Command Create()
    {
        var role = Choice.Option<Role>("--role", Texts.RoleOfAccount);
        role.Required = true;
        return new TextCommand("create", Texts.MakesAccount) { Name, role, Stdin }.Local(async (parsed, output, ct) =>
        {
            var password = await CommandFrame.ReadSecretAsync(Texts.Password, ct);
            await using var desks = await OfflineState.OpenAsync(parsed, ct);
            var user = await desks.GetRequiredService<UserCatalog>().CreateAsync(
                new() { Name = parsed.GetValue(Name)!, Role = parsed.GetValue(role)!.Value, Password = password },
                Actor.Owner,
                ct);
            return output.Say(new { id = user.Id, name = user.UserName, role = user.Role }, Texts.CanSignIn(user.UserName));
        }, "users.create");
    }

    private static Command Role()
    {
        var role = Choice.Argument<Role>("role", Texts.NewRoleOfAccount);
        return Change(new TextCommand("role", Texts.GivesAccountAnotherRole) { Name, role }, "users.change-role",
            (users, id, parsed, ct) => users.ChangeRoleAsync(id, parsed.GetValue(role)!.Value, Actor.Owner, ct),
            Texts.RoleIsChanged);
    }

    private static Command ResetPassword() => new TextCommand("reset-password", Texts.ResetsPassword)
    {
        Name, Stdin,
    }.Local(async (parsed, output, ct) =>
    {
        var password = await CommandFrame.ReadSecretAsync(Texts.NewPassword, ct);
        await using var desks = await OfflineState.OpenAsync(parsed, ct);
        var users = desks.GetRequiredService<UserCatalog>();
        await users.ResetPasswordAsync(await users.IdOfAsync(parsed.GetValue(Name)!, ct), password, Actor.Owner, ct);
        return output.Say(new { name = parsed.GetValue(Name) }, Texts.PasswordIsChanged);
    }, "users.reset-password");

    private static Command Disable() => Change(new TextCommand("disable", Texts.DisablesAccount) { Name }, "users.disable",
        (users, id, _, ct) => users.DisableAsync(id, Actor.Owner, ct), Texts.AccountIsDisabled);

    private static Command Enable() => Change(new TextCommand("enable", Texts.LetsDisabledAccountInAgain) { Name }, "users.enable",
        (users, id, _, ct) => users.EnableAsync(id, Actor.Owner, ct), Texts.AccountCanSignInAgain);

    private static Command Change(
        Command command, string operation, Func<UserCatalog, string, ParseResult, CancellationToken, Task> change, Text words) =>
        command.Local(async (parsed, output, ct) =>
        {
            await using var desks = await OfflineState.OpenAsync(parsed, ct);
            var users = desks.GetRequiredService<UserCatalog>();
            await change(users, await users.IdOfAsync(parsed.GetValue(Name)!, ct), parsed, ct);
            return output.Say(new { name = parsed.GetValue(Name) }, words);
        }, operation);
}
