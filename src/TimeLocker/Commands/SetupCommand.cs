using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Server;
using TimeLocker.Server.Identity;

namespace TimeLocker.Commands;

internal static class SetupCommand
{
    public static Command Build()
    {
        var admin = new Option<string>("--admin") { Help = Texts.NameOfFirstAdmin, Required = true };
        var stdin = new Option<bool>("--password-stdin") { Help = Texts.ReadPassword };
        return new TextCommand("setup", Texts.CreatesFirstAdminWithoutBrowser)
        {
            admin, stdin,
        }.Local(async (parsed, output, ct) =>
        {
            var password = await CommandFrame.ReadSecretAsync(Texts.Password, ct);
            await using var desks = await OfflineState.OpenAsync(parsed, ct, create: true);
            var user = await desks.GetRequiredService<SetupGate>().CreateFirstAdminAsync(parsed.GetValue(admin)!, password, ct);
            return output.Say(new { id = user.Id, name = user.UserName, role = user.Role }, Texts.FirstAdminMade(user.UserName));
        });
    }
}
