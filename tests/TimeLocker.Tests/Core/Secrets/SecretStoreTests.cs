using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Core.Secrets;

public sealed class SecretStoreTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string folder = Directory.CreateTempSubdirectory("tl-stores-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Keys => Path.Combine(folder, "keys");

    [Fact]
    public async Task A_key_file_is_readable_by_its_owner_only_and_replaced_as_a_whole()
    {
        var store = new KeyFileStore(Keys);
        (await store.FindAsync("a", default)).ShouldBeNull();
        await store.SaveAsync("a", [1, 2, 3], default);
        await store.SaveAsync("a", [4, 5], default);
        (await store.FindAsync("a", default)).ShouldBe([4, 5]);
        File.GetUnixFileMode(Keys).ShouldBe(OwnerOnly | UnixFileMode.UserExecute);
        File.GetUnixFileMode(Directory.GetFiles(Keys).ShouldHaveSingleItem()).ShouldBe(OwnerOnly);
        await store.DeleteAsync("a", default);
        (await store.FindAsync("a", default)).ShouldBeNull();
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead), InlineData(UnixFileMode.OtherRead), InlineData(UnixFileMode.OtherWrite)]
    public async Task A_key_file_that_others_may_touch_is_not_used(UnixFileMode more)
    {
        var store = new KeyFileStore(Keys);
        await store.SaveAsync("a", [1], default);
        var file = Directory.GetFiles(Keys).Single();
        File.SetUnixFileMode(file, OwnerOnly | more);
        var refused = await Should.ThrowAsync<ProblemException>(() => store.FindAsync("a", default));
        refused.Problem.Next.Full.ShouldContain($"chmod 0600 '{file}'");

        File.SetUnixFileMode(file, OwnerOnly);
        File.SetUnixFileMode(Keys, OwnerOnly | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        await Should.ThrowAsync<ProblemException>(() => store.FindAsync("a", default));
    }

    [Fact]
    public async Task The_key_ring_gets_the_secret_by_standard_input_only()
    {
        Tool("""
            printf '%s ' "$@" >>"$RING/argv"
            last=""; for last in "$@"; do :; done
            case "$1" in
              store) cat >"$RING/$last" ;;
              lookup) [ -e "$RING/$last" ] && cat "$RING/$last" || exit 1 ;;
              clear) rm -f "$RING/$last" ;;
            esac
            """);
        var store = Ring();
        (await store.WhyNotAsync(default)).ShouldBeNull();
        (await store.FindAsync("a", default)).ShouldBeNull();
        byte[] key = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 7))];
        await store.SaveAsync("a", key, default);
        (await store.FindAsync("a", default)).ShouldBe(key);
        File.ReadAllText(Path.Combine(folder, "argv")).ShouldNotContain(Convert.ToBase64String(key));
        await store.DeleteAsync("a", default);
        (await store.FindAsync("a", default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_key_ring_that_does_not_answer_says_why()
    {
        Tool("echo 'Cannot autolaunch D-Bus without X11 $DISPLAY' >&2; exit 1");
        (await Ring().WhyNotAsync(default))!.Full.ShouldContain("autolaunch");
        (await Should.ThrowAsync<ProblemException>(() => Ring().FindAsync("a",
            default))).Problem.Why.Full.ShouldContain("autolaunch");
        await Should.ThrowAsync<ProblemException>(() => Ring().SaveAsync("a", [1], default));
    }

    [Fact]
    public async Task Without_the_program_the_key_ring_cannot_be_chosen() =>
        (await new SecretServiceStore(new Dictionary<string,
            string>
        { ["PATH"] = folder }).WhyNotAsync(default))!.Full.ShouldContain("not installed");

    private SecretServiceStore Ring() =>
        new(new Dictionary<string, string> { ["PATH"] = $"{folder}:/usr/bin:/bin", ["RING"] = folder });

    private void Tool(string script) => Executable.Write(Path.Combine(folder, "secret-tool"), $"#!/bin/sh\n{script}\n");
}
