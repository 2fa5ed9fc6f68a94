using Shouldly;
using Xunit;

namespace TimeLocker.Tests.Deploy;

/// <summary>deploy/start on a computer that cannot build TimeLocker says so before it does anything else.</summary>
public sealed class StartScriptTests : IDisposable
{
    private readonly Scripts scripts = new();

    public void Dispose() => scripts.Dispose();

    [Theory]
    [InlineData("8.0.404", "9.0.308")]
    [InlineData]
    public async Task Without_the_right_SDK_it_says_what_is_there_and_where_to_get_it(params string[] installed)
    {
        var lines = string.Concat(installed.Select(version => $"  echo '{version} [/usr/share/dotnet/sdk]'\n"));
        var dotnet = scripts.Write("first/dotnet", $"if [[ $1 == --list-sdks ]]; then\n  :\n{lines}fi\n");

        var (exit, said, errors) = await scripts.RunAsync([scripts.Deploy + "/start"], [Path.GetDirectoryName(dotnet)!]);

        (exit, said).ShouldBe((1, ""), errors);
        errors.ShouldContain("needs the .NET 10 SDK");
        errors.ShouldContain(installed.Length == 0 ? "none" : string.Join(", ", installed));
        errors.ShouldContain("https://");
        errors.ShouldNotContain("restic");
    }

    [Fact]
    public async Task With_it_the_next_thing_is_restic()
    {
        var dotnet = scripts.Write("first/dotnet", "if [[ $1 == --list-sdks ]]; then echo '10.0.100 [/usr/share/dotnet/sdk]'; fi");

        var (_, _, errors) = await scripts.RunAsync([scripts.Deploy + "/start"], [Path.GetDirectoryName(dotnet)!],
            ("TIMELOCKER_RESTIC", "/nowhere"));

        errors.ShouldNotContain("SDK");
        errors.ShouldContain("TIMELOCKER_RESTIC=/nowhere");
    }
}
