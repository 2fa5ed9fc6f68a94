using Shouldly;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Tests.Architecture;
using Xunit;

namespace TimeLocker.Tests.Deploy;

/// <summary>
/// deploy/restic has restic's name and is not restic: nothing that looks for restic takes it, and it never calls
/// itself.
/// </summary>
public sealed class ResticScriptTests : IDisposable
{
    private readonly Scripts scripts = new();

    public void Dispose() => scripts.Dispose();

    private Task<(int Exit, string Said, string Errors)> FindAsync(string[] folders, params (string, string?)[] set) =>
        scripts.RunAsync([scripts.Deploy + "/restic", "--find"], folders, set);

    /// <summary>Ways in which deploy/restic is met under the name “restic” in the folder “first”.</summary>
    public static TheoryData<string> Disguises =>
        ["folder", "link", "link to a link", "hard link", "link beside it", "wrapper", "wrapper that asks",
            "wrapper with a clean environment", "wrapper beside it"];

    private string Disguise(string how) => how switch
    {
        "folder" => scripts.Deploy,
        "link" => Folder(scripts.Link("first/restic", scripts.Deploy + "/restic")),
        "link to a link" => Folder(scripts.Link("first/restic", scripts.Link("second/restic", "../deploy/restic"))),
        "hard link" => HardLink(),
        "link beside it" => Folder(scripts.Link("first/restic", scripts.Link("deploy/again", "restic"))),
        "wrapper" => Folder(scripts.Write("first/restic", $"exec {scripts.Deploy}/restic \"$@\"")),
        "wrapper that asks" => Folder(scripts.Write("first/restic", $"exec \"$({scripts.Deploy}/restic)\" \"$@\"")),
        "wrapper with a clean environment" => Folder(scripts.Write("first/restic",
            $"exec env -i PATH=\"$PATH\" HOME=\"$HOME\" {scripts.Deploy}/restic \"$@\"")),
        _ => Folder(scripts.Link("first/restic", scripts.Write("deploy/wrapper", "exec \"${0%/*}/../deploy/restic\" \"$@\""))),
    };

    private static string Folder(string file) => Path.GetDirectoryName(file)!;

    private string HardLink()
    {
        Directory.CreateDirectory(scripts.In("first"));
        System.Diagnostics.Process.Start("ln", [scripts.Deploy + "/restic", scripts.In("first/restic")]).WaitForExit();
        return scripts.In("first");
    }

    [Theory]
    [MemberData(nameof(Disguises))]
    public async Task A_restic_behind_it_on_the_path_is_found(string how)
    {
        var real = scripts.Write("real/restic");
        var (exit, said, errors) = await FindAsync([Disguise(how), Folder(real)]);
        (exit, said).ShouldBe((0, real), errors);
    }

    [Theory]
    [MemberData(nameof(Disguises))]
    public async Task Named_as_the_restic_to_use_it_is_refused_with_words(string how)
    {
        var real = scripts.Write("real/restic");
        var ours = Disguise(how) + "/restic";
        var (exit, said, errors) = await FindAsync([Folder(real)], ("TIMELOCKER_RESTIC", ours));
        (exit, said).ShouldBe((1, ""), errors);
        errors.ShouldContain($"TIMELOCKER_RESTIC={ours} is not a restic");
    }

    [Theory]
    [MemberData(nameof(Disguises))]
    public async Task The_program_does_not_take_it_either(string how)
    {
        var ours = Disguise(how) + "/restic";
        var refused = await Should.ThrowAsync<ProblemException>(() => new ResticBinary(ours).FindAsync());
        refused.Problem.Why.Full.ShouldContain(ours);
    }

    [Fact]
    public async Task The_program_does_not_take_itself()
    {
        var itself = Path.Combine(Sources.Root, "src/TimeLocker/bin/Release/net10.0/timelocker");
        var refused =
            await Should.ThrowAsync<ProblemException>(() => new ResticBinary(scripts.Write("self/restic",
                $"DOTNET_ROOT={Path.GetDirectoryName(Environment.ProcessPath)} exec {itself} \"$@\"")).FindAsync());
        refused.Problem.Why.Full.ShouldContain("did not say its version");
    }

    [Fact]
    public async Task Something_else_that_answers_with_a_version_is_no_restic()
    {
        var other = scripts.Write("other/restic", """echo '{"version":"1.0.0","runtime":"10.0.0"}'""");
        await Should.ThrowAsync<ProblemException>(() => new ResticBinary(other).FindAsync());
    }

    [Fact]
    public async Task A_bare_name_is_looked_up_on_the_path_and_said_in_full()
    {
        var real = scripts.Write("real/restic");
        (await FindAsync([scripts.Deploy, Folder(real)], ("TIMELOCKER_RESTIC", "restic"))).Exit.ShouldBe(1);
        (await FindAsync([Folder(real), scripts.Deploy], ("TIMELOCKER_RESTIC", "restic"))).Said.ShouldBe(real);
    }

    [Fact]
    public async Task An_old_restic_first_on_the_path_hides_no_newer_one()
    {
        var old = scripts.Write("old/restic", "echo 'restic 0.14.0 compiled with go1.19 on linux/amd64'");
        var real = scripts.Write("real/restic");
        (await FindAsync([Folder(old), Folder(real)])).Said.ShouldBe(real);
    }

    [Theory]
    [InlineData("version")]
    [InlineData("--find", "more")]
    [InlineData("snapshots", "--json")]
    public async Task Called_as_if_it_were_restic_it_says_that_it_is_not(params string[] arguments)
    {
        var (exit, said, errors) = await scripts.RunAsync([scripts.Deploy + "/restic", .. arguments], []);
        (exit, said).ShouldBe((2, ""));
        errors.ShouldContain("it is not restic");
    }

    [Fact]
    public async Task Without_HOME_the_users_own_home_is_taken()
    {
        var real = scripts.Write("real/restic");
        (await scripts.RunAsync(["/usr/bin/unshare", "--user", "--map-root-user", scripts.Deploy + "/restic", "--find"],
            [Folder(real)], ("HOME", null))).Said.ShouldBe(real);
    }

    [Fact]
    public async Task Without_any_home_it_says_so()
    {
        var real = scripts.Write("real/restic");
        var nobody = Environment.UserName == "root" ? (string[])[] : ["/usr/bin/unshare", "--user"];
        var (exit, _, errors) = await scripts.RunAsync([.. nobody, scripts.Deploy + "/restic", "--find"],
            [Folder(real)], ("HOME", null));
        exit.ShouldBe(1);
        errors.ShouldContain("There is no home folder: HOME is not set");
    }
}
