using System.Collections;
using System.Reflection;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Tests.Core.Agents;

/// <summary>
/// Makes a value of any type in which no two parts are alike. With <paramref name="flags"/> all its flags are set,
/// otherwise none.
/// </summary>
public sealed class Filled(bool flags)
{
    private readonly Stack<Type> within = new();
    private int next = flags ? 1 : 2;

    public object? Of(Type type)
    {
        next++;
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(string) => $"text {next} with “ä”, \"quotes\" and \n a line",
            _ when type == typeof(bool) => flags,
            _ when type == typeof(Guid) => new Guid(next, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
            _ when type == typeof(DateTimeOffset) => new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.FromHours(2)).AddTicks(next),
            _ when type == typeof(TimeSpan) => TimeSpan.FromTicks(1_000_000_007L * next),
            _ when type == typeof(TimeOnly) => new TimeOnly(1_000_000_007L * next),
            _ when type.IsEnum => Enum.GetValues(type) is var words ? words.GetValue(next % words.Length) : null,
            _ when type.IsPrimitive => Convert.ChangeType(next, type, null),
            _ when type == typeof(Secret) => new Secret($"secret {next}"),
            _ when type == typeof(Text) => PluginText.Of($"{$"/srv/{next}".AsName()} was looked at {next} times."),
            _ when type == typeof(Problem) => new Problem(PluginText.Of($"{$"/srv/{next}".AsName()} is gone."),
                Text.Verbatim($"Why {next}."), Text.Verbatim($"Next {next}."))
            { Step = NextStep.Unlock },
            _ when Element(type, typeof(IReadOnlyDictionary<,>)) is { Length: 2 } pair => Map(pair[0], pair[1]),
            _ when Element(type, typeof(IReadOnlyList<>)) is { Length: 1 } of => List(of[0]),
            _ => within.Contains(type) ? null : Object(type),
        };
    }

    private object Object(Type type)
    {
        within.Push(type);
        var constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
        var made = constructor.Invoke([.. constructor.GetParameters().Select(p => Of(p.ParameterType))]);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.SetMethod is { IsPublic: true } && !p.PropertyType.IsAssignableTo(typeof(Delegate))
                && constructor.GetParameters().All(c => c.Name != p.Name)))
        {
            property.SetValue(made, Of(property.PropertyType));
        }

        within.Pop();
        return made;
    }

    private object List(Type of)
    {
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(of))!;
        list.Add(Of(of));
        list.Add(Of(of));
        return list;
    }

    private object Map(Type key, Type of)
    {
        var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(key, of))!;
        map.Add(Of(key)!, Of(of));
        map.Add(Of(key)!, Of(of));
        return map;
    }

    private static Type[]? Element(Type type, Type shape) =>
        type.GetInterfaces().Append(type)
            .FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == shape)?.GetGenericArguments();
}
