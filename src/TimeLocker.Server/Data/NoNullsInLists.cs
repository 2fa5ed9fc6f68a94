using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TimeLocker.Server.Data;

/// <summary>
/// The serializer minds null for a member, not for what is in its list: from outside it is refused, in a column it is
/// damage.
/// </summary>
internal static class NoNullsInLists
{
    public static void Refuse(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        var lists = type.Properties.Where(p => p.Get is not null && p.AttributeProvider is PropertyInfo member
            && HasNoNulls(member))
            .Select(p => (p.Name, Value: p.Get!)).ToList();
        if (lists.Count > 0)
        {
            type.OnDeserialized = read =>
            {
                foreach (var (name, value) in lists)
                {
                    if ((value(read) is IDictionary map ? map.Values : value(read) as IEnumerable)?.Cast<object?>()
                        .Contains(null) == true)
                    {
                        throw new JsonException($"“{name}” contains null, where a value has to be.");
                    }
                }
            };
        }
    }

    private static bool HasNoNulls(PropertyInfo property) =>
        property.PropertyType != typeof(string) && property.PropertyType.IsAssignableTo(typeof(IEnumerable))
        && new NullabilityInfoContext().Create(property).GenericTypeArguments is [..,
            { WriteState: NullabilityState.NotNull or NullabilityState.Unknown, Type.IsValueType: false }
            or { ReadState: NullabilityState.NotNull, Type.IsValueType: false }];
}
