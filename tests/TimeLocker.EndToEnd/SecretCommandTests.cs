using Shouldly;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>Keys, passwords, kits and the key to all secrets on the command line.</summary>
[Collection(OneServer.Name)]
public sealed class SecretCommandTests(ServerProcess server)
{
    private readonly Scratch files = new(server.In($"secrets-{Guid.NewGuid():N}"));

    [Fact]
    public async Task A_repository_gets_keys_another_password_and_a_proven_kit_on_the_command_line()
    {
        var id = (await TellAsync("", "repositories", "add", "Safe", "--set", $"path={files.In("repository")}",
            "--create")).Text("id");
        var first = (await TellAsync("", "repositories", "kit", "Safe")).Json.Items().Single().Text("password");
        (await SayAsync(first + "\n", 0, "repositories", "kit-test", "Safe", "--address",
            files.In("repository"))).Output.ShouldContain("proven");
        (await TellAsync("", "repositories")).Json.Items().Single(r => r.Text("id") == id).Text("recoveryConfirmedAt")
            .ShouldNotBeEmpty();

        var added = (await TellAsync("a password of Anna\n", "repositories", "keys", "add", "Safe", "--for", "Anna",
            "--password-stdin")).Json;
        (await server.ResticAsync(files.In("repository"), "a password of Anna", "snapshots")).Must(0);
        await SayAsync("", 0, "repositories", "keys", "remove", "Safe", added.Text("id")[..12]);
        await TellAsync("", "repositories", "password", "Safe");
        (await SayAsync(first + "\n", 1, "repositories", "kit-test", "Safe")).Errors.ShouldContain("password is wrong");
        (await TellAsync("", "repositories", "keys", "Safe")).Json.Items().ShouldHaveSingleItem().Text("current").ShouldBe("true");
        (await server.ResticAsync(files.In("repository"),
            (await TellAsync("", "repositories", "kit")).Json.Items().Single(k => k.Text("repositoryName") == "Safe")
                .Text("password"), "snapshots")).Must(0);
    }

    [Fact]
    public async Task A_password_that_was_changed_with_restic_is_entered_on_the_command_line()
    {
        await TellAsync("", "repositories", "add", "Outside", "--set", $"path={files.In("outside")}", "--create");
        var first = (await TellAsync("", "repositories", "kit", "Outside")).Json.Items().Single().Text("password");
        await File.WriteAllTextAsync(files.In("next"), "a password given to restic");
        (await server.ResticAsync(files.In("outside"), first, "key", "passwd", "--new-password-file", files.In("next"))).Must(0);

        (await SayAsync("", 1, "repositories", "test", "Outside")).Errors.ShouldContain("changed with restic");
        (await SayAsync("not this one\n", 1, "repositories", "password", "Outside",
            "--changed")).Errors.ShouldContain("password is wrong");
        (await SayAsync("\n", 2, "repositories", "password", "Outside", "--changed")).Errors.ShouldContain("No password was given");
        (await SayAsync("a password given to restic\n", 0, "repositories", "password", "Outside",
            "--changed")).Output.ShouldContain("was saved");
        await SayAsync("", 0, "repositories", "test", "Outside");
    }

    [Fact]
    public async Task The_key_to_all_secrets_is_shown_replaced_and_moved_on_the_command_line()
    {
        (await TellAsync("", "secrets", "show")).Text("kind").ShouldBe("key-file");
        await TellAsync("", "secrets", "rotate");
        (await TellAsync("four words nobody guesses\n", "secrets", "move", "passphrase")).Text("kind").ShouldBe("passphrase");
        (await SayAsync("", 1, "secrets", "move", "systemd-credential")).Errors.ShouldContain("systemd-creds encrypt");
        (await TellAsync("", "secrets", "move", "key-file")).Text("kind").ShouldBe("key-file");
        Directory.GetFiles(Path.Combine(server.Data, "keys")).ShouldHaveSingleItem();
    }

    private async Task<Said> SayAsync(string input, int exit, params string[] words) =>
        (await server.CommandAsync(input, [.. words, "--data", server.Data])).Must(exit);

    private Task<Said> TellAsync(string input, params string[] words) => SayAsync(input, 0, [.. words, "--json"]);
}
