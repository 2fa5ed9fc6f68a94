using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using TimeLocker.Tests.Agent;
using Xunit;

namespace TimeLocker.Tests.Core.Secrets;

public sealed class SshKeyPairTests
{
    [Fact]
    public async Task OpenSSH_reads_the_pair_and_agrees_on_the_public_key()
    {
        var pair = SshKeyPair.Generate();

        pair.PublicKey.ShouldBe(SshKeyPair.PublicKeyOf(pair.PrivateKey));
        (await DerivedAsync(pair.PrivateKey.Reveal())).ShouldBe(Key(pair.PublicKey));
        SshKeyPair.Generate().PublicKey.ShouldNotBe(pair.PublicKey);
    }

    [Theory]
    [InlineData("-t ed25519")]
    [InlineData("-t rsa -b 2048")]
    [InlineData("-t rsa -b 2048 -m PEM")]
    [InlineData("-t ecdsa -m PEM")]
    public async Task The_public_key_of_a_given_key_is_known(string kind)
    {
        var folder = Directory.CreateTempSubdirectory("tl-key-").FullName;
        try
        {
            await AgentRig.ShellAsync($"ssh-keygen -q {kind} -N '' -f key", folder);

            Key(SshKeyPair.PublicKeyOf(new Secret(await File.ReadAllTextAsync(Path.Combine(folder, "key"))))
                .ShouldNotBeNull()).ShouldBe(Key(await File.ReadAllTextAsync(Path.Combine(folder, "key.pub"))));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void What_is_no_key_has_no_public_key()
    {
        SshKeyPair.PublicKeyOf(new Secret("")).ShouldBeNull();
        SshKeyPair.PublicKeyOf(
            new Secret("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----")).ShouldBeNull();
    }

    private static async Task<string> DerivedAsync(string pem)
    {
        var folder = Directory.CreateTempSubdirectory("tl-key-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "key"), pem);
            return Key(await AgentRig.ShellAsync("chmod 600 key && ssh-keygen -y -f key", folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Key(string line) => string.Join(' ', line.Trim().Split(' ')[..2]);
}
