using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace TimeLocker.Server.Data;

/// <summary>
/// Lists of words, paths and ids are the framework's own columns, since SQL can look into those; but it throws at one
/// that is no list. Their mapping is kept, and only what reads a value becomes one that never throws.
/// </summary>
internal sealed class ReadableLists(ProviderConventionSetBuilderDependencies services) : IModelFinalizingConvention
{
    public void ProcessModelFinalizing(IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
    {
        foreach (var list in modelBuilder.Metadata.GetEntityTypes().SelectMany(e => e.GetDeclaredProperties())
            .Where(p => p.GetElementType() is not null))
        {
            var known = (RelationalTypeMapping)services.TypeMappingSource.FindMapping((IProperty)list)!;
            var converter =
                (ValueConverter)Activator.CreateInstance(typeof(ListConverter<>).MakeGenericType(list.ClrType),
                    known.Converter)!;
            list.SetTypeMapping(((RelationalTypeMapping)services.TypeMappingSource.FindMapping(typeof(string))!)
                .WithComposedConverter(converter, known.Comparer, known.KeyComparer, known.ElementTypeMapping,
                known.JsonValueReaderWriter));
        }
    }
}

/// <summary>A list as the framework writes it. One that cannot be read stops nobody: see <see cref="UnreadableColumns"/>.</summary>
internal sealed class ListConverter<T>(ValueConverter known)
    : ValueConverter<T, string>(v => (string)known.ConvertToProvider(v)!, v => Read(v, known))
    where T : class
{
    private static T Read(string stored, ValueConverter known)
    {
        try
        {
            return (T)known.ConvertFromProvider(stored)!;
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException or ArgumentException
            or FormatException)
        {
            return UnreadableColumns.Met(UnreadableColumns.Value<T>());
        }
    }
}
