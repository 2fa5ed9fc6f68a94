using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Core;
using TimeLocker.Server.Api;
using TimeLocker.Server.Identity;

namespace TimeLocker.Commands;

internal static class UserCommand
{
    private static readonly Argument<string> Name = new("name") { Description = "The name that the person signs in with." };
    private static readonly Option<bool> Stdin = new("--password-stdin") { Description = "Read the password from standard input." };

    public static Command Build() => new Command("user",
            "Lists the accounts; creates and changes them. For the owner of the state directory, whether the server is running "
                + "or not. Accounts are never deleted, because the audit trail names them.")
    {
        Create(), Role(), ResetPassword(), Disable(), Enable(),
    }.Local(async (parsed, output, ct) =>
    {
        await using var desks = await OfflineState.OpenAsync(parsed, ct);
        var users = (await desks.GetRequiredService<UserCatalog>().ListAsync(ct))
            .Select(u => new { id = u.Id, name = u.UserName, role = u.Role, disabled = u.DisabledAt is not null });
        return output.Table(JsonSerializer.SerializeToNode(users, ApiJson.Options),
            ("Name", u => u["name"]?.ToString()),
            ("Role", u => u["role"]?.ToString()),
            ("Disabled", u => (bool)u["disabled"]! ? "yes" : ""),
            ("ID", u => u["id"]?.ToString()));
    }, "users.list").Also("list");

    private static Command Create()
    {
        var role = Choice.Option<Role>("--role", "What the person may do.");
        role.Required = true;
        return new Command("create", "Makes an account.") { Name, role, Stdin }.Local(async (parsed, output, ct) =>
        {
            var password = await CommandFrame.ReadSecretAsync("Password: ", ct);
            await using var desks = await OfflineState.OpenAsync(parsed, ct);
            var user = await desks.GetRequiredService<UserCatalog>().CreateAsync(
                new() { Name = parsed.GetValue(Name)!, Role = parsed.GetValue(role)!.Value, Password = password },
                Actor.Owner,
                ct);
            return output.Say(new { id = user.Id, name = user.UserName, role = user.Role }, $"{user.UserName} can sign in.");
        }, "users.create");
    }

    private static Command Role()
    {
        var role = Choice.Argument<Role>("role", "What the person may do from now on.");
        return Change(new Command("role", "Gives an account another role.") { Name, role }, "users.change-role",
            (users, id, parsed, ct) => users.ChangeRoleAsync(id, parsed.GetValue(role)!.Value, Actor.Owner, ct), "The role is changed.");
    }

    private static Command ResetPassword() => new Command("reset-password", "Gives an account a new password and ends its sessions.")
    {
        Name, Stdin,
    }.Local(async (parsed, output, ct) =>
    {
        var password = await CommandFrame.ReadSecretAsync("New password: ", ct);
        await using var desks = await OfflineState.OpenAsync(parsed, ct);
        var users = desks.GetRequiredService<UserCatalog>();
        await users.ResetPasswordAsync(await users.IdOfAsync(parsed.GetValue(Name)!, ct), password, Actor.Owner, ct);
        return output.Say(new { name = parsed.GetValue(Name) }, "The password is changed.");
    }, "users.reset-password");

    private static Command Disable() => Change(new Command("disable", "Ends an account's sessions and blocks it from signing in.") { Name }, "users.disable",
        (users, id, _, ct) => users.DisableAsync(id, Actor.Owner, ct), "The account is disabled.");

    private static Command Enable() => Change(new Command("enable", "Lets a disabled account in again.") { Name }, "users.enable",
        (users, id, _, ct) => users.EnableAsync(id, Actor.Owner, ct), "The account can sign in again.");

    private static Command Change(
        Command command, string operation, Func<UserCatalog, string, ParseResult, CancellationToken, Task> change, string words) =>
        command.Local(async (parsed, output, ct) =>
        {
            await using var desks = await OfflineState.OpenAsync(parsed, ct);
            var users = desks.GetRequiredService<UserCatalog>();
            await change(users, await users.IdOfAsync(parsed.GetValue(Name)!, ct), parsed, ct);
            return output.Say(new { name = parsed.GetValue(Name) }, words);
        }, operation);
}
