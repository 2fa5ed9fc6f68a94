using System.CommandLine;
using TimeLocker.Core;
using TimeLocker.Core.Agents;

namespace TimeLocker.Commands;

/// <summary>Files out of a snapshot without a run: to a file here, or to standard output.</summary>
internal static class DownloadCommand
{
    public static Command Build()
    {
        var snapshot = new Argument<string>("snapshot") { Help = Texts.SnapshotIdOrBeginning };
        var path = new Argument<string[]>("path") { Help = Texts.WhatToFetch, Arity = ArgumentArity.OneOrMore };
        var format = Choice.Option<DownloadFormat>("--format", Texts.ArchiveFormat);
        var into = new Option<string>("--output")
        {
            Help = Texts.FileToWrite,
            Required = true,
        };
        return new TextCommand("download", Texts.FetchesFileOrFilesAndFolders)
        {
            CommonArguments.Repository, snapshot, path, format, into,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var values = new Dictionary<string, string[]>
            {
                ["id"] = [await CommonArguments.RepositoryAsync(parsed, client, ct)],
                ["snapshot"] = [parsed.GetValue(snapshot)!],
                ["path"] = parsed.GetValue(path)!,
            };
            if (parsed.GetValue(format) is { } wanted)
            {
                values["format"] = [Choice.Word(wanted)];
            }

            return await SaveAsync(client, "files.download", values, parsed.GetValue(into)!, output, ct);
        });
    }

    /// <summary>Writes a stream of the API where it is wanted. A file that did not come whole is not left.</summary>
    internal static async Task<int> SaveAsync(
        RpcClient client, string operation, Dictionary<string, string[]> values, string into, Output output, CancellationToken ct)
    {
        if (into == "-")
        {
            await using var screen = Console.OpenStandardOutput();
            await client.DownloadAsync(operation, values, screen, ct);
            return Exit.Ok;
        }

        if (into.Length == 0)
        {
            throw ProblemException.Invalid(Problems.NoFileWriteOutput);
        }

        if (Path.Exists(into))
        {
            throw new ProblemException(ProblemKind.Conflict, Problems.AlreadyExistsNothingReplaced(into));
        }

        long bytes;
        await using (var file = new FileStream(into, FileMode.CreateNew)) // if somebody else makes it first, it is theirs and stays
        {
            try
            {
                bytes = await client.DownloadAsync(operation, values, file, ct);
            }
            catch
            {
                File.Delete(into);
                throw;
            }
        }

        return output.Say(new { file = Path.GetFullPath(into), bytes }, $"{into}: {Names.Bytes(bytes)}");
    }
}
