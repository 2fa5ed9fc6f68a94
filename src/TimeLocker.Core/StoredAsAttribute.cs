using System.Text.Json.Serialization.Metadata;

namespace TimeLocker.Core;

/// <summary>
/// What a property is called where it is stored: in columns, in JSON columns and in the files of runs. Requests and
/// answers call it as the code does.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class StoredAsAttribute(string name) : Attribute
{
    public string Name { get; } = name;

    /// <summary>For JSON that is stored.</summary>
    public static void Rename(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.AttributeProvider?.GetCustomAttributes(typeof(StoredAsAttribute), false) is [StoredAsAttribute stored])
            {
                property.Name = type.Options.PropertyNamingPolicy?.ConvertName(stored.Name) ?? stored.Name;
            }
        }
    }
}
