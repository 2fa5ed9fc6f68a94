using System.Collections;
using System.Reflection;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Tests.Core.Agents;

/// <summary>
/// All that is in a value, a line each: two values are alike when their lines are. Secrets and marks of names are told.
/// </summary>
public static class Deep
{
    public static IReadOnlyList<string> Of(object? value) => [.. Lines("", value)];

    private static IEnumerable<string> Lines(string path, object? value) => value switch
    {
        null => [$"{path} is null"],
        Secret secret => [$"{path} is the secret {secret.Reveal()}"],
        Text sentence => [$"{path} is {sentence.Full} | {sentence.Unnamed}"],
        DateTimeOffset at => [$"{path} is {at:O}"],
        string or Enum or Guid or TimeSpan or Type => [$"{path} is {value}"],
        TimeOnly time => [$"{path} is {time.Ticks}"],
        _ when value.GetType().IsPrimitive => [$"{path} is {value}"],
        IDictionary map => map.Keys.Cast<object>().SelectMany(key => Lines($"{path}[{key}]", map[key])),
        IEnumerable list => list.Cast<object?>().SelectMany((one, n) => Lines($"{path}[{n}]", one))
            .Append($"{path} has {list.Cast<object?>().Count()}"),
        _ => value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.GetIndexParameters().Length == 0)
            .SelectMany(p => Lines($"{path}.{p.Name}", p.GetValue(value))).Append($"{path} is a {value.GetType().Name}"),
    };
}
