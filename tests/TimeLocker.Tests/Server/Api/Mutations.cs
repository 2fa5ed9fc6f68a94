using System.Collections;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Api;
using TimeLocker.Tests.Doubles;

namespace TimeLocker.Tests.Server.Api;

/// <summary>Makes requests that an operation would take, and spoils them: a value, a name, the JSON, the bytes.</summary>
internal sealed class Mutations(Random chance, IReadOnlyList<string> ids, IServiceProvider services)
{
    private static readonly string[] Texts = [.. Hostile.Values.Where(v => v.Length < 5000)];

    // Half of a character is none in an address; with a zero byte or beyond 8 KiB the web server itself answers.
    private static readonly string[] Addressable = [.. Texts.Where(t => t.Length is > 0 and < 1000
        && !t.Any(char.IsSurrogate) && !t.Contains('\0', StringComparison.Ordinal) && t is not ("." or ".."))];

    public T Pick<T>(params IReadOnlyList<T> from) => from[chance.Next(from.Count)];

    /// <summary>The operation's address with ids of anything, and parameters of any sort.</summary>
    public string Address(Operation operation)
    {
        var path = string.Join('/',
            operation.Route.Split('/').Select(part => part.StartsWith('{') ? Uri.EscapeDataString(Id()) : part));
        var query = Given(operation)
            .Where(p => !IsBody(p) && !operation.Route.Contains($"{{{p.Name}}}", StringComparison.Ordinal)
                && chance.Next(3) == 0)
                .Select(p =>
                    $"{p.Name}={Uri.EscapeDataString(chance.Next(2) == 0 ? Sample(p.ParameterType, 0)?.ToString() ?? "" : Pick(Addressable))}");
        return string.Join('&', query) is { Length: > 0 } given ? $"{path}?{given}" : path;
    }

    public JsonNode? Body(Operation operation) =>
        Given(operation).FirstOrDefault(IsBody) is { } body ? Mutated(Sample(body.ParameterType, 0)) : new JsonObject();

    public JsonNode? Parameters(Operation operation)
    {
        var all = new JsonObject();
        foreach (var given in Given(operation))
        {
            if (IsBody(given) && Sample(given.ParameterType, 0) is JsonObject body)
            {
                foreach (var (name, value) in body.Where(b => !all.ContainsKey(b.Key)))
                {
                    all[name] = value?.DeepClone();
                }
            }
            else
            {
                all[given.Name!] = given.Name is "id" or "snapshot" ? Id() : Sample(given.ParameterType, 0);
            }
        }

        return Mutated(all);
    }

    /// <summary>One place of it is another value, gone, or has a stranger beside it.</summary>
    public JsonNode? Mutated(JsonNode? sound)
    {
        if (chance.Next(12) == 0 || sound is not JsonObject { Count: > 0 } and not JsonArray { Count: > 0 })
        {
            return Any();
        }

        var place = sound;
        while (Children(place).Where(c => c is JsonObject { Count: > 0 } or JsonArray { Count: > 0 })
            .ToList() is { Count: > 0 } inner && chance.Next(2) == 0)
        {
            place = Pick(inner)!;
        }

        if (place is JsonArray list)
        {
            list[chance.Next(list.Count)] = Any();
            return sound;
        }

        var map = place.AsObject();
        var name = Pick(map.Select(m => m.Key).ToList());
        switch (chance.Next(8))
        {
            case 0: map.Remove(name); break;
            case 1: map[Pick(Texts.Where(t => !t.Any(char.IsSurrogate)).ToList())] = Any(); break;
            case 2: map[name] = null; break;
            default: map[name] = Any(); break;
        }

        return sound;
    }

    /// <summary>Its bytes; a few are cut off, or are no UTF-8.</summary>
    public byte[] Bytes(JsonNode? json)
    {
        var bytes = Encoding.UTF8.GetBytes(json?.ToJsonString() ?? "null");
        switch (chance.Next(30))
        {
            case 0: return bytes[..chance.Next(bytes.Length)];
            case 1: bytes[chance.Next(bytes.Length)] = (byte)chance.Next(256); return bytes;
            case 2: return [.. bytes, .. bytes];
            case 3: return Encoding.UTF8.GetBytes(new string('[', 100) + new string(']', 100));
            case 4:
                return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace("\":\"", "\":\"\\ud800",
                StringComparison.Ordinal));
            default: return bytes;
        }
    }

    private IEnumerable<ParameterInfo> Given(Operation operation)
    {
        var known = services.GetRequiredService<IServiceProviderIsService>();
        return operation.Handler.Method.GetParameters()
            .Where(p => p.ParameterType != typeof(CancellationToken) && p.ParameterType != typeof(HttpContext)
                && !known.IsService(p.ParameterType));
    }

    private static bool IsBody(ParameterInfo parameter) =>
        parameter.ParameterType.Namespace?.StartsWith("TimeLocker", StringComparison.Ordinal) == true
            && !parameter.ParameterType.IsEnum;

    private static IEnumerable<JsonNode?> Children(JsonNode node) =>
        node is JsonObject map ? map.Select(m => m.Value) : node.AsArray();

    private string Id() => chance.Next(4) switch { 0 => Guid.NewGuid().ToString(), 1 => Pick(Addressable), _ => Pick(ids) };

    private JsonNode? Any() => chance.Next(11) switch
    {
        0 => null,
        1 => chance.Next(2) == 0,
        2 => Pick<JsonNode>(0, -1, 1.5, int.MaxValue, long.MaxValue, 1e300, 99999),
        3 => new JsonObject(),
        4 => new JsonArray(),
        5 => new JsonArray((JsonNode?)null),
        6 => new JsonObject { ["a"] = new JsonArray(new JsonObject { ["b"] = 1 }) },
        7 => Pick(ids),
        8 => new JsonArray(Pick(Texts)),
        _ => Pick(Texts),
    };

    private JsonNode? Sample(Type type, int depth)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(string) || type == typeof(Secret) => Pick("x", "Papers", "/home/anna", "0 3 * * *",
                "Europe/Berlin", "webhook"),
            _ when type == typeof(Guid) => Pick(ids),
            _ when type == typeof(bool) => chance.Next(2) == 0,
            _ when type == typeof(DateTimeOffset) => Pick("2026-03-01T18:00:00Z", "9999-12-31T23:59:59Z",
                "0001-01-01T00:00:00Z", "2099-01-01T00:00:00+14:00"),
            _ when type == typeof(DateOnly) => Pick("2026-03-01", "9999-12-31", "0001-01-01"),
            _ when type == typeof(TimeOnly) => "18:30",
            _ when type == typeof(TimeSpan) => "01:00:00",
            { IsEnum: true } => JsonNamingPolicy.CamelCase.ConvertName(Pick(Enum.GetNames(type))),
            { IsPrimitive: true } => Pick(0, 1, 7, 60, -5, int.MaxValue),
            { IsGenericType: true } when type.IsAssignableTo(typeof(IDictionary)) =>
                new JsonObject { ["path"] = "/mnt/x", ["url"] = "http://127.0.0.1:1/", ["host"] = "localhost" },
            _ when type.IsAssignableTo(typeof(IEnumerable)) =>
                new JsonArray(Sample(type.IsArray ? type.GetElementType()! : type.GenericTypeArguments[0], depth + 1)),
            _ when depth < 4 => new JsonObject(type.GetProperties().Where(p => p.CanWrite && chance.Next(4) > 0)
                .Select(p => KeyValuePair.Create(JsonNamingPolicy.CamelCase.ConvertName(p.Name),
                    Sample(p.PropertyType, depth + 1)))),
            _ => new JsonObject(),
        };
    }
}
