using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Server;
using TimeLocker.Server.Identity;

namespace TimeLocker.Commands;

internal static class SetupCommand
{
    public static Command Build()
    {
        var admin = new Option<string>("--admin") { Description = "Name of the first Admin.", Required = true };
        var stdin = new Option<bool>("--password-stdin") { Description = "Read the password from standard input." };
        return new Command("setup", "Creates the first Admin without a browser, for the owner of the state directory.")
        {
            admin, stdin,
        }.Local(async (parsed, output, ct) =>
        {
            var password = await CommandFrame.ReadSecretAsync("Password: ", ct);
            await using var desks = await OfflineState.OpenAsync(parsed, ct, create: true);
            var user = await desks.GetRequiredService<SetupGate>().CreateFirstAdminAsync(parsed.GetValue(admin)!, password, ct);
            return output.Say(new { id = user.Id, name = user.UserName, role = user.Role }, $"{user.UserName} is the first Admin and can sign in.");
        });
    }
}
