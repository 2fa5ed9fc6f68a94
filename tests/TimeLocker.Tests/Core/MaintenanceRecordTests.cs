using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Secrets;
using TimeLocker.Core.Snapshots;
using TimeLocker.Tests.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Core;

/// <summary>What the end of a run says about a repository's maintenance.</summary>
public sealed class MaintenanceRecordTests
{
    private static readonly string Pack = new('a', 64), Other = new('b', 64);

    [Fact]
    public void Twenty_clean_parts_are_all_of_the_data_and_the_next_round_begins()
    {
        var maintenance = MaintenanceRecord.Unknown;
        for (var part = 1; part <= Coverage.Parts; part++)
        {
            maintenance.Coverage.Next.ShouldBe(part);
            maintenance = maintenance.After(Ended(new CheckRequest(CheckDepth.Part, part)));
        }

        (maintenance.Coverage.CompletedAt, maintenance.Coverage.Next,
            maintenance.Coverage.Done.Count).ShouldBe((Examples.Noon, 1, 0));
    }

    [Theory]
    [InlineData(CheckDepth.Metadata, 0, false)]
    [InlineData(CheckDepth.Part, 4, false)]
    [InlineData(CheckDepth.Part, 3, true)]
    [InlineData(CheckDepth.Full, 0, true)]
    public void Damage_in_data_is_gone_only_when_that_data_was_read_again(CheckDepth depth, int part, bool gone)
    {
        var damaged = MaintenanceRecord.Unknown.After(Ended(new CheckRequest(CheckDepth.Part, 3), RunOutcome.Failed,
            new MaintenanceResult { Errors = 1, Packs = [Pack] }));
        (damaged.After(Ended(new CheckRequest(depth, part))).Damage is null).ShouldBe(gone);
    }

    [Fact]
    public void A_repair_takes_its_packs_out_of_the_damage_and_then_a_look_at_the_structure_is_proof()
    {
        var damaged = MaintenanceRecord.Unknown.After(Ended(new CheckRequest(CheckDepth.Full), RunOutcome.Failed,
            new MaintenanceResult { Errors = 2, Packs = [Pack, Other], IndexDamaged = true }));

        var index = damaged.After(Ended(new RepairRequest(RepairStep.Index, [], false),
            found: new MaintenanceResult { Packs = [Other] }));
        (index.Damage!.Packs.Single(), index.Damage.Index).ShouldBe((Pack, false));
        damaged.After(Ended(new RepairRequest(RepairStep.Packs, [Pack], true),
            found: new MaintenanceResult { Packs = [Pack] })).ShouldBe(damaged, "a dry run repairs nothing");
        var packs = index.After(Ended(new RepairRequest(RepairStep.Packs, [Pack], false),
            found: new MaintenanceResult { Packs = [Pack] }));
        packs.Damage!.Packs.ShouldBeEmpty();
        packs.After(Ended(new CheckRequest(CheckDepth.Metadata))).Damage.ShouldBeNull();
    }

    [Fact]
    public void What_was_stopped_or_met_a_lock_says_nothing_and_what_restic_said_may_name_files()
    {
        var damaged = MaintenanceRecord.Unknown.After(Ended(new CheckRequest(CheckDepth.Full), RunOutcome.Failed,
            new MaintenanceResult
            {
                Errors = 1,
                Packs = [Pack],
                Report = [Text.Verbatim("file \"a \\\"salary\\\" b.ods\" blob is missing".AsForeign())],
            }));
        damaged.Damage!.Messages.Select(m => (m.Full, m.Unnamed))
            .ShouldBe([("file \"a \\\"salary\\\" b.ods\" blob is missing", "…")]);

        damaged.After(Ended(new CheckRequest(CheckDepth.Full), RunOutcome.Cancelled)).ShouldBe(damaged);
        var locked = damaged.After(Ended(new CheckRequest(CheckDepth.Full), RunOutcome.Failed));
        (locked.Damage, locked.Check!.Outcome).ShouldBe((damaged.Damage, RunOutcome.Failed));
    }

    [Fact]
    public void Who_may_not_see_names_of_files_sees_no_line_of_a_report()
    {
        var run = Ended(new RepairRequest(RepairStep.Snapshots, [], false),
            found: new MaintenanceResult
            {
                Snapshots = ["abcdef12"],
                Report = [Text.Verbatim("abcdef12: file \"/salary.ods\": removed".AsForeign())],
            });

        var seen = run.For(new Actor("u_1", "viewer", Role.Viewer, Via.Ui)).Result!.Maintenance!;
        (seen.Snapshots.Count, seen.Report.Count).ShouldBe((1, 0));
    }

    [Fact]
    public void Two_repositories_become_one_target_and_the_password_of_neither_is_in_its_environment()
    {
        var here = new ResticTarget
        {
            Location = "/here",
            Password = new Secret("first secret"),
            Options = ["s3.region=eu"],
            Environment = new Dictionary<string, Secret> { ["AWS_ACCESS_KEY_ID"] = new("same") },
            PinnedId = "here",
        };
        var there = new ResticTarget
        {
            Location = "rest:https://there/",
            Password = new Secret("second secret"),
            Options = ["s3.region=eu", "rest.connections=5"],
            Files = new Dictionary<string, Secret> { ["ca.pem"] = new("x") },
            Environment = new Dictionary<string, Secret>
            {
                ["AWS_ACCESS_KEY_ID"] = new("same"),
                ["RESTIC_CACERT"] = new("{files}/ca.pem"),
            },
            PinnedId = "there",
        };

        var joined = here.JoinedWith(there);

        (joined.Location, joined.PinnedId,
            joined.Environment[ResticTarget.FromRepository].Reveal()).ShouldBe(("/here", "here",
                "rest:https://there/"));
        joined.Options.ShouldBe(["s3.region=eu", "rest.connections=5"]);
        joined.Files.Keys.ShouldBe(["ca.pem"]);
        joined.Environment.Values.ShouldAllBe(v => !v.Reveal().Contains("secret"));
        Should.Throw<ProblemException>(() =>
            here.JoinedWith(there with { Options = ["s3.region=us"] })).Problem.Why.Full.ShouldContain("s3.region");
        Should.Throw<ProblemException>(() =>
            (here with { Files = there.Files }).JoinedWith(there with
            {
                Files = new Dictionary<string,
                Secret>
                { ["ca.pem"] = new("y") }
            })).Problem.Why.Full.ShouldContain("ca.pem");
    }

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a/b/", "/a/b")]
    [InlineData("", null)]
    [InlineData("a", null)]
    [InlineData("/a/../b", null)]
    [InlineData("/a\0b", null)]
    public void A_path_in_a_snapshot_begins_at_its_root_and_stays_in_it(string given, string? path)
    {
        if (path is null)
        {
            Should.Throw<ProblemException>(() => SnapshotPath.Checked(given)).Kind.ShouldBe(ProblemKind.Invalid);
        }
        else
        {
            SnapshotPath.Checked(given).ShouldBe(path);
        }
    }

    private static Run Ended(RunRequest request, RunOutcome outcome = RunOutcome.Succeeded, MaintenanceResult? found = null)
    {
        var run = Examples.Run(request: request);
        run.Apply(Examples.End(outcome, result: found is null ? null : new RunResult { Maintenance = found }));
        return run;
    }
}
