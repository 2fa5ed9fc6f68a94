using TimeLocker.Core;

namespace TimeLocker.Server.Api;

/// <summary>Words in an address, such as <c>?state=queued</c>. The framework would want them spelled as in the source.</summary>
internal static class QueryEnum
{
    /// <exception cref="ProblemException">of kind Invalid: no such word.</exception>
    public static T? Read<T>(string name, string? given) where T : struct, Enum =>
        string.IsNullOrEmpty(given) ? null
        : char.IsLetter(given[0]) && Enum.TryParse<T>(given, ignoreCase: true, out var word) && Enum.IsDefined(word) ? word
        : throw ProblemException.Invalid(Problems.NoWordsUseOne(given, name,
            string.Join(", ", Enum.GetNames<T>().Select(n => char.ToLowerInvariant(n[0]) + n[1..]))));
}
