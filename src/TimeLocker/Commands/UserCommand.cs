using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Core;
using TimeLocker.Server;
using TimeLocker.Server.Identity;

namespace TimeLocker.Commands;

internal static class UserCommand
{
    public static Command Build()
    {
        var name = new Argument<string>("name") { Description = "The name that the person signs in with." };
        var role = new Option<Role>("--role") { Description = "Admin, Operator, Auditor or Viewer.", Required = true };
        var stdin = new Option<bool>("--password-stdin") { Description = "Read the password from standard input." };
        return new Command("user", "Looks after accounts, for the owner of the state directory; with the server running or not.")
        {
            new Command("list", "Lists the accounts.").Local(async (parsed, output, ct) =>
            {
                await using var desks = await OfflineDesks.OpenAsync(Shared.Options(parsed), create: false, ct);
                var users = (await desks.GetRequiredService<UserCatalog>().ListAsync(ct)).Select(u => new { id = u.Id, name = u.UserName, role = u.Role, disabled = u.DisabledAt is not null });
                output.Table(System.Text.Json.JsonSerializer.SerializeToNode(users, Server.Api.ApiJson.Options), ("Name", u => u["name"]?.ToString()), ("Role", u => u["role"]?.ToString()), ("Disabled", u => (bool)u["disabled"]! ? "yes" : ""), ("ID", u => u["id"]?.ToString()));
                return Exit.Ok;
            }),
            new Command("create", "Makes an account.") { name, role, stdin }.Local(async (parsed, output, ct) =>
            {
                var password = await Shared.ReadSecretAsync("Password: ", ct);
                await using var desks = await OfflineDesks.OpenAsync(Shared.Options(parsed), create: false, ct);
                var user = await desks.GetRequiredService<UserCatalog>().CreateAsync(new() { Name = parsed.GetValue(name)!, Role = parsed.GetValue(role), Password = password }, Actor.Owner, ct);
                output.Line($"{user.UserName} can sign in.");
                return Exit.Ok;
            }),
            new Command("reset-password", "Gives an account a new password and ends its sessions.") { name, stdin }.Local(async (parsed, output, ct) =>
            {
                var password = await Shared.ReadSecretAsync("New password: ", ct);
                await using var desks = await OfflineDesks.OpenAsync(Shared.Options(parsed), create: false, ct);
                var users = desks.GetRequiredService<UserCatalog>();
                await users.ResetPasswordAsync(await users.IdOfAsync(parsed.GetValue(name)!, ct), password, Actor.Owner, ct);
                output.Line("The password is changed.");
                return Exit.Ok;
            }),
        };
    }
}
