using System.Text.Json;
using TimeLocker.Agent.Platform;
using TimeLocker.Agent.Restic;
using TimeLocker.Agent.Runs;
using TimeLocker.Core.Processes;

namespace TimeLocker.Agent.Journal;

/// <summary>The directory of one run: the truth about it while nobody is there to watch.</summary>
internal sealed class RunFolder(string path)
{
    private const long RoomForWords = 64 * 1024;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static RunFolder Of(string state, Guid runId) => new(System.IO.Path.Combine(state, "runs", runId.ToString("N")));

    public string Path => path;

    /// <summary>The agent's own folder, which holds the folders of all runs.</summary>
    public string State => System.IO.Path.GetFullPath("../..", path);
    public string Out => In("out");
    public string Err => In("err");

    /// <summary>What the program whose output is saved says beside it.</summary>
    public string ProgramErr => In("program-err");

    /// <summary>Where the files lie that reaching the repository needs.</summary>
    public string Reach => In("reach");

    /// <summary>A folder for what restic needs only while it runs.</summary>
    public string Temporary => In("tmp");

    public bool Exists => Directory.Exists(path);

    /// <summary>Whether restic was started and given its password; without it nothing can have come of the run.</summary>
    public bool WasHandedOver => File.Exists(In("handed"));

    /// <summary>Whether TimeLocker was told to stop it.</summary>
    public bool WasCancelled => File.Exists(In("cancelled"));

    /// <summary>Whether restic was told to stop because other limits begin to count: it is to be started again.</summary>
    public bool WasHalted => File.Exists(In("halted"));

    /// <summary>
    /// Whether TimeLocker was stopped in good order before anything had come of it: it is to be begun as if it were
    /// new.
    /// </summary>
    public bool WasPutBack => File.Exists(In("put-back"));

    public bool IsOver => File.Exists(In("result.json"));

    public void Create()
    {
        Directory.CreateDirectory(path, Private | UnixFileMode.UserExecute);
        File.Delete(In("put-back"));
    }

    public string MakeTemporary() => Directory.CreateDirectory(Temporary, Private | UnixFileMode.UserExecute).FullName;

    /// <param name="leader">Who got the password, before it said so itself.</param>
    public void MarkHandedOver(ProcessIdentity? leader)
    {
        Write("handed", []);
        try
        {
            Write("handed", leader is null ? [] : JsonSerializer.SerializeToUtf8Bytes(leader, RunJson.Of<ProcessIdentity>()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk, where a mark without words still finds room: the wrapper says itself who it is.
        }
    }

    /// <summary>Where the disk takes nothing it is stopped all the same, but a restart in between would not know why.</summary>
    public void MarkCancelled()
    {
        try
        {
            Write("cancelled", []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Said above.
        }
    }

    public void MarkHalted() => Write("halted", []);

    public void MarkPutBack() => Write("put-back", []);

    /// <summary>Makes the files for restic's words, with some room: when the disk is full by then, it can still say so.</summary>
    public void Reserve()
    {
        foreach (var path in (string[])[Out, Err])
        {
            using var file = new FileStream(path,
                new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.Write,
                    UnixCreateMode = Private,
                });
            Native.Reserve(file.SafeFileHandle, RoomForWords);
        }
    }

    /// <summary>
    /// Makes room for the next attempt. In this order: whoever joins in between sees that it has to be begun, not that
    /// it is over.
    /// </summary>
    public void BeginAgain()
    {
        foreach (var name in (string[])["handed", "exit", "pid", "out", "err", "program-err", "halted"])
        {
            File.Delete(In(name));
        }
    }

    /// <summary>restic's exit code, or null while it runs or when its wrapper was killed.</summary>
    public int? ExitCode => Read("exit") is { } text && int.TryParse(text, out var code) ? code : null;

    /// <summary>The wrapper that leads the run's process group.</summary>
    public ProcessIdentity? Process => Leader ?? Load<ProcessIdentity>("handed");

    /// <summary>The same, once it says so itself: from then on it writes down restic's exit code, whatever signal comes.</summary>
    public ProcessIdentity? Leader =>
        Read("pid")?.Split('\n') is [var stat, var boot, ..] ? ProcessIdentity.Parse(stat, boot) : null;

    public RunFacts? Facts
    {
        get => Load<RunFacts>("run.json");
        set => Save("run.json", value);
    }

    public RunRecord? Record
    {
        get => Load<RunRecord>("result.json");
        set => Save("result.json", value);
    }

    public HookProgress? Hooks
    {
        get => Load<HookProgress>("hooks.json");
        set => Save("hooks.json", value);
    }

    /// <summary>Where one start of a hook keeps what it says.</summary>
    public RunFolder OfHook(int step) => new(In($"hook-{step}"));

    public void Write(string name, ReadOnlySpan<byte> content)
    {
        using var file = new FileStream(In(name),
            new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = Private });
        file.Write(content);
    }

    /// <summary>Removes everything but the result and the log.</summary>
    public void Tidy()
    {
        foreach (var name in (string[])["out", "err", "program-err", "pid", "exit", "exit.new", "handed", "halted",
            "cancelled", "put-back", "run.json", "hooks.json", ResticArguments.FilesFile, ResticArguments.ExcludeFile,
                ResticArguments.IncludeFile])
        {
            File.Delete(In(name));
        }

        foreach (var copy in Directory.EnumerateFiles(path, "pack-*")) // restic repair packs leaves them where it stands
        {
            File.Delete(copy);
        }

        foreach (var hook in Directory.EnumerateDirectories(path, "hook-*"))
        {
            Core.PrivateFile.DeleteFolder(hook);
        }

        Core.PrivateFile.DeleteFolder(Reach);
        Core.PrivateFile.DeleteFolder(Temporary);
    }

    private string In(string name) => System.IO.Path.Combine(path, name);

    private string? Read(string name)
    {
        try
        {
            return File.Exists(In(name)) ? File.ReadAllText(In(name)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private T? Load<T>(string name)
    {
        try
        {
            return Read(name) is { } text ? JsonSerializer.Deserialize(text, RunJson.Of<T>()) : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }

    // Written aside and renamed: it is there whole or not at all.
    private void Save<T>(string name, T? value)
    {
        if (value is not null)
        {
            Write(name + ".new", JsonSerializer.SerializeToUtf8Bytes(value, RunJson.Of<T>()));
            File.Move(In(name + ".new"), In(name), overwrite: true);
        }
    }
}
