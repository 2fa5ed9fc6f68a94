using Shouldly;
using TimeLocker.Core.Processes;
using TimeLocker.Server.Plugins;
using Xunit;

namespace TimeLocker.Tests.Server.Plugins;

/// <summary>What may be loaded is what nobody but root and the service's own user can have written.</summary>
public sealed class PluginFolderTests : IDisposable
{
    private const UnixFileMode OpenToAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite
        | UnixFileMode.OtherWrite;

    private readonly PluginRig plugins = new(Path.Combine(Directory.CreateTempSubdirectory("tl-plugins-").FullName, "plugins"));

    private PluginFolder Folder => new(plugins.Folder);

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(plugins.Folder)!, recursive: true);

    [Fact]
    public void Without_a_folder_there_is_nothing_to_say() =>
        (Folder.IsEmpty, Folder.Refusal(), Folder.Read().Count, Folder.Find("x")).ShouldBe((true, null, 0, null));

    [Fact]
    public async Task Its_hash_is_what_the_admin_can_work_out_with_sha256sum()
    {
        plugins.Misbehaving("Fine", "Mono.Cecil.dll");
        Directory.CreateDirectory(plugins.In("Fine", "more"));
        File.WriteAllText(plugins.In("Fine", "more", "Z.txt"), "text");

        var told = await ChildProcess.RunAsync(new("sh",
            ["-c", $"cd '{plugins.In("Fine")}' && find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum"])
        { Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" } }, TimeSpan.FromMinutes(1), 1000, default);

        Folder.Read().ShouldHaveSingleItem().Hash.ShouldBe(System.Text.Encoding.UTF8.GetString(told.Output).Split(' ')[0]);
    }

    [Fact]
    public void Every_file_counts()
    {
        plugins.Misbehaving("Fine");
        var before = Folder.Find("Fine")!.Hash;
        File.WriteAllText(plugins.In("Fine", "beside.txt"), "");
        Folder.Find("Fine")!.Hash.ShouldNotBe(before);
        File.Delete(plugins.In("Fine", "beside.txt"));
        Folder.Find("Fine")!.Hash.ShouldBe(before);
        File.AppendAllText(plugins.In("Fine", "Fine.dll"), " ");
        Folder.Find("Fine")!.Hash.ShouldNotBe(before);
    }

    [Fact]
    public void What_others_could_have_written_is_refused()
    {
        plugins.Misbehaving("Open").Misbehaving("Wide").Misbehaving("Linked").Misbehaving("Away").Misbehaving("Odd")
            .Misbehaving("Sound");
        File.SetUnixFileMode(plugins.In("Open", "Open.dll"), OpenToAll);
        File.SetUnixFileMode(plugins.In("Wide"), OpenToAll | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(plugins.In("Linked", "more.dll"), plugins.In("Sound", "Sound.dll"));
        Directory.Move(plugins.In("Away"), plugins.In(".away"));
        Directory.CreateSymbolicLink(plugins.In("Away"), plugins.In(".away"));
        File.WriteAllText(plugins.In("Odd", "a b.dll"), "");
        Directory.CreateDirectory(plugins.In("Empty"));

        Folder.Read().Select(p => (p.Name, p.Why is null))
            .ShouldBe([("Away", false), ("Empty", false), ("Linked", false), ("Odd", false), ("Open", false),
                ("Sound", true), ("Wide", false)]);
        Folder.Find("Open")!.Why!.Full.ShouldBe($"Others may write to {plugins.In("Open", "Open.dll")}: chmod go-w on it.");
        Folder.Find("Linked")!.Why!.Full.ShouldEndWith("is a link: put the file itself there.");
        Folder.Find("Empty")!.Why!.Full.ShouldBe("It has no file Empty.dll: the assembly has to have the name of its folder.");

        File.SetUnixFileMode(plugins.Folder, OpenToAll | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        Folder.Refusal()!.Next.Full.ShouldContain("root");
        Folder.Read().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../plugins/Sound")]
    [InlineData("Sound/")]
    [InlineData("")]
    [InlineData(".away")]
    public void A_name_leads_nowhere_else(string name)
    {
        plugins.Misbehaving("Sound");
        Folder.Find(name).ShouldBeNull();
    }
}
