using System.Text;
using Shouldly;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Secrets;
using Xunit;

namespace TimeLocker.Tests.Agent;

public sealed class ResticWordsTests
{
    [Fact]
    public void A_line_is_found_over_chunks_holes_and_too_much_length()
    {
        List<string> found = [];
        var lines = new LineSplitter(line => found.Add(Encoding.UTF8.GetString(line)), mostBytes: 8);
        foreach (var chunk in (string[])["ab", "c\nde\r\n\0\0\0", "\0f\n", "0123456789\nx\n\nrest"])
        {
            lines.Add(Encoding.UTF8.GetBytes(chunk));
        }

        lines.End();
        found.ShouldBe(["abc", "de", "f", "01234567", "x", "", "rest"]);
    }

    [Fact]
    public void A_line_of_100_MB_costs_little_memory()
    {
        var (output, errors, chunk) = (new ResticOutput(), new ResticErrors(_ => { }, _ => { }), new byte[1 << 20]);
        Array.Fill(chunk, (byte)'{');
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            output.Lines.Add(chunk);
            errors.Lines.Add(chunk);
        }

        output.Lines.End();
        errors.Lines.End();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(2 << 20);
        output.Summary.ShouldBeNull();
    }

    [Fact]
    public void No_bytes_make_the_reader_throw()
    {
        var random = new Random(4711);
        var valid = """{"message_type":"status","error":{"message":"m","x":[{}]},"current_files":["a",1,[2]],"total_files":18446744073709551615,"percent_done":-1}"""u8.ToArray();
        for (var i = 0; i < 20_000; i++)
        {
            var line = valid.ToArray();
            for (var hit = random.Next(1, 6); hit > 0; hit--)
            {
                line[random.Next(line.Length)] = (byte)random.Next(256);
            }

            ResticMessage.Read(line.AsSpan(0, random.Next(line.Length + 1))).ShouldNotBeNull();
        }
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData(@"\xff\xfe", "\uFFFD\uFFFD")]
    [InlineData(@"a\nb\tc\\d\""e", "a\nb\tc\\d\"e")]
    [InlineData(@"\u00a0\u202e\U0001f600\x1b\a", "\u00a0\u202e😀\u001b\a")]
    [InlineData(@"\xe2\x82", "\uFFFD\uFFFD")]
    [InlineData(@"😀\x", "😀")]
    public void Stored_names_are_unquoted(string stored, string name) => StoredName.Unquote(stored).ShouldBe(name);

    [Theory]
    [InlineData("/", new[] { "/" }, new string[0])]
    [InlineData("/home/u", new[] { "/home/u/f" }, new[] { "/f" })]
    [InlineData("/home", new[] { "/home/u/f", "/home/v", "/home/v" }, new[] { "/u/f", "/v" })]
    [InlineData("/", new[] { "/etc", "/home/u" }, new[] { "/etc", "/home/u" })]
    [InlineData("/home", new[] { "/home/b\uFFFDd/f" }, new[] { "/b\uFFFDd/f" })]
    [InlineData("/a", new[] { "/a/b", "/a/bc" }, new[] { "/b", "/bc" })]
    public void A_selection_has_the_deepest_parent_that_can_be_named(string parent, string[] paths, string[] names)
    {
        var selection = RestoreSelection.Of(paths);
        selection.Parent.ShouldBe(parent);
        selection.Names.ShouldBe(names);
    }

    [Fact]
    public void A_command_line_for_people_can_be_typed_and_holds_no_secret()
    {
        var target = new ResticTarget
        {
            Location = "/mnt/it's",
            Password = new Secret("s3cret-s3cret"),
            Environment = new Dictionary<string, Secret> { ["KEY"] = new("hidden-key") },
        };
        var shown = ResticArguments.Show(target, ResticArguments.Snapshots(target));
        shown.ShouldBe(@"RESTIC_REPOSITORY='/mnt/it'\''s' restic snapshots --json --password-file=/dev/stdin --no-lock");
        new Redactor(target).Clean("rclone: bad key hidden-key for s3cret-s3cret").ShouldBe("rclone: bad key ••• for •••");
    }
}
