using System.Globalization;
using System.Security.Cryptography;
using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Platform;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Probes;

/// <summary>What can be seen of a repository in a folder without restic: no key to compute, no process to start.</summary>
internal static class FolderRepository
{
    /// <summary>SHA-256 (hex) of the config file, or null when it cannot be read.</summary>
    public static string? ConfigHash(string folder)
    {
        try
        {
            return Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(ConfigOf(folder))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// The mount that holds the repository (device, type, source), or null. The kernel knows it by the open file,
    /// whatever links lead there.
    /// </summary>
    public static string? Mount(string folder)
    {
        try
        {
            using var config = File.OpenHandle(ConfigOf(folder));
            var id = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{config.DangerousGetHandle()}"))
                .First(line => line.StartsWith("mnt_id:", StringComparison.Ordinal))["mnt_id:".Length..].Trim();
            var fields = File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' ')).First(f => f[0] == id);
            var dash = Array.IndexOf(fields, "-");
            return $"{fields[4]} {fields[2]} {fields[dash + 1]} {fields[dash + 2]}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The hash of its config, once it is sure that it is the pinned repository and can be used.</summary>
    /// <exception cref="ProblemException">It is not there, not the one, or not readable.</exception>
    public static string Check(ResticTarget target)
    {
        var folder = target.Folder!;
        if (!Directory.Exists(folder))
        {
            throw new ProblemException(ProblemKind.Unavailable, Problems.RepositoryNotFolderDoes(folder.AsName()));
        }

        if (ConfigHash(folder) is not { } hash)
        {
            throw File.Exists(ConfigOf(folder))
                ? new ProblemException(ProblemKind.Upstream, Problems.RepositoryCannotReadUser(ConfigOf(folder).AsName()))
                : new ProblemException(ProblemKind.Unavailable, Problems.RepositoryNotExistsBut(folder.AsName()));
        }

        if (target.PinnedConfig is { } pinned && !string.Equals(pinned, hash, StringComparison.OrdinalIgnoreCase))
        {
            throw new ProblemException(ProblemKind.Conflict, Texts.AnotherRepository,
                Texts.WhatNowNotRepository(folder.AsName()),
                Texts.BringRightOneOr);
        }

        return hash;
    }

    /// <summary>
    /// Whether what restic said is true on the disk: same repository, same mount, the snapshot there. Null: it is.
    /// </summary>
    /// <remarks>A mount that goes away during a backup lets restic write into the bare mount point and end well.</remarks>
    public static Problem? Disprove(string folder, string? config, string? mount, string snapshotId)
    {
        if (ConfigHash(folder) != config || Mount(folder) != mount)
        {
            return Problems.BackupLostRepositoryWent(folder.AsName());
        }

        return File.Exists(Path.Combine(folder, "snapshots", snapshotId))
            ? null
            : new Problem(Texts.BackupNotInRepository,
                Texts.ResticReportedSnapshotBut(snapshotId[..Math.Min(8, snapshotId.Length)], (folder + "/snapshots").AsName()),
                Texts.CheckDiskHoldsRepository);
    }

    public static long? FreeBytes(string path)
    {
        try
        {
            while (!Directory.Exists(path) && Path.GetDirectoryName(path) is { } parent)
            {
                path = parent;
            }

            return new DriveInfo(path).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    public static bool HasEntries(string folder)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(folder).Any();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string ConfigOf(string folder) => Path.Combine(folder, "config");
}
