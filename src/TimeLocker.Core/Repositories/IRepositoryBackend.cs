using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Repositories;

/// <summary>A kind of place that a repository can be on. One file; restic does the work.</summary>
public interface IRepositoryBackend : IExtension
{
    /// <summary>Address, environment and options for these (checked) values, without the repository password.</summary>
    /// <exception cref="ProblemException">of kind Invalid: a value that must not reach restic.</exception>
    ResticTarget Target(FieldValues values);

    /// <summary>The storage's name in <c>restic options</c> ("s3"), or null for what every restic can do.</summary>
    string? Scheme => null;

    /// <summary>A place on the machine itself: it stands where the machine does, and nothing is sent anywhere.</summary>
    bool IsHere => false;

    /// <summary>A program besides restic that must be on the machine ("ssh", "rclone"), or null.</summary>
    string? Needs => null;
}
