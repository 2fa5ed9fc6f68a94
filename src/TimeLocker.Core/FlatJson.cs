using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TimeLocker.Core;

/// <summary>
/// The members of this record are members of its owner: <c>{"name": …, "excludes": …}</c> and not <c>{"name": …,
/// "options": {"excludes": …}}</c>.
/// </summary>
/// <remarks>In JSON by <see cref="FlatJson"/>, and where changes are told. The owner makes its own record, since
/// reading JSON writes into it.</remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FlatAttribute : Attribute
{
    /// <summary>A group of settings may be given as null: it is as usual.</summary>
    public bool NullIsUsual { get; init; }
}

/// <summary>Writes and reads what is marked as <see cref="FlatAttribute"/>, whichever members it has.</summary>
public static class FlatJson
{
    private const BindingFlags AnyCase = BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance;

    /// <summary>As the API's words for a record, without its converters.</summary>
    public static JsonSerializerOptions Web { get; } =
        new(JsonSerializerOptions.Web)
        {
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { Flatten } }
        };

    /// <summary>For a resolver of types.</summary>
    public static void Flatten(JsonTypeInfo type)
    {
        foreach (var (whole, flat) in type.Properties.Select(p => (p, FlatOf(p.AttributeProvider)))
            .Where(p => p.Item2 is not null).ToList())
        {
            var place = type.Properties.IndexOf(whole);
            type.Properties.RemoveAt(place);
            foreach (var part in new DefaultJsonTypeInfoResolver().GetTypeInfo(whole.PropertyType, type.Options).Properties)
            {
                type.Properties.Insert(place++, Lifted(type, whole, part, flat!.NullIsUsual));
            }
        }
    }

    /// <summary>The property behind a member of this type's JSON.</summary>
    public static PropertyInfo? Member(Type type, string name) => type.GetProperty(name, AnyCase)
        ?? type.GetProperties().Where(p => FlatOf(p) is not null).Select(p => p.PropertyType.GetProperty(name, AnyCase))
            .FirstOrDefault(p => p is not null);

    /// <summary>
    /// Whether this member of its JSON may be null where the property never is, see
    /// <see cref="FlatAttribute.NullIsUsual"/>.
    /// </summary>
    public static bool NullIsUsual(Type type, PropertyInfo member) => IsGroup(member.PropertyType)
        && type.GetProperties().Any(p => p.PropertyType == member.DeclaringType && FlatOf(p) is { NullIsUsual: true });

    private static bool IsGroup(Type type) => !type.IsValueType && !type.IsAssignableTo(typeof(IEnumerable));

    private static JsonPropertyInfo Lifted(JsonTypeInfo type, JsonPropertyInfo whole, JsonPropertyInfo part, bool nullIsUsual)
    {
        var lifted = type.CreateJsonPropertyInfo(part.PropertyType, part.Name);
        var isGroup = nullIsUsual && IsGroup(part.PropertyType);
        lifted.Get = owner => part.Get!(whole.Get!(owner)!);
        lifted.Set = (owner, value) =>
        {
            if (value is not null || !isGroup)
            {
                part.Set!(whole.Get!(owner)!, value);
            }
        };
        (lifted.AttributeProvider, lifted.IsGetNullable, lifted.IsSetNullable) = (part.AttributeProvider,
            part.IsGetNullable, part.IsSetNullable || isGroup);
        return lifted;
    }

    private static FlatAttribute? FlatOf(ICustomAttributeProvider? member) =>
        member?.GetCustomAttributes(typeof(FlatAttribute), true) is [FlatAttribute flat, ..] ? flat : null;
}
