using System.Text.RegularExpressions;
using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace TimeLocker.Tests.Architecture;

/// <param name="Names">Namespace or type names, comma separated.</param>
/// <param name="Room">A pattern of the full type names that may use it.</param>
internal sealed record Library(string Names, string Room);

/// <summary>The product's assemblies as they were built: what each type refers to.</summary>
internal sealed class Rooms(IReadOnlyList<AssemblyDefinition> assemblies)
{
    public IReadOnlyList<TypeDefinition> Types { get; } = [.. assemblies.SelectMany(a => a.MainModule.GetTypes())
        .Where(t => !Generated(t))];

    public static Rooms OfTheProduct() =>
        Of([.. ((string[])["TimeLocker.Core", "TimeLocker.Agent", "TimeLocker.Server",
            "timelocker"]).Select(n => Path.Combine(AppContext.BaseDirectory, $"{n}.dll"))]);

    public static Rooms Of(params string[] files) => new([.. files.Select(f => AssemblyDefinition.ReadAssembly(f))]);

    public IEnumerable<string> Uses(params (string Room, string[] Forbidden)[] rules) =>
        from rule in rules
        from type in Types
        where type.FullName.StartsWith(rule.Room + ".", StringComparison.Ordinal)
        from used in References(type)
        where rule.Forbidden.Any(f => used.StartsWith(f + ".", StringComparison.Ordinal))
        select $"{type.FullName} uses {used}; {rule.Room} may not";

    /// <summary>What a room uses of its project beyond itself.</summary>
    public IEnumerable<string> Outside(string room, string project) =>
        from type in Types
        where type.FullName.StartsWith(room + ".", StringComparison.Ordinal)
        from used in References(type)
        where used.StartsWith(project + ".", StringComparison.Ordinal) && !used.StartsWith(room + ".", StringComparison.Ordinal)
        select $"{type.FullName} uses {used}; {room} may not";

    public IEnumerable<string> Strangers(params Library[] libraries) =>
        from library in libraries
        let names = library.Names.Split(',')
        from type in Types
        where !Regex.IsMatch(Outermost(type).FullName, library.Room)
        from used in References(type)
        where names.Any(n => used == n || used.StartsWith(n + ".", StringComparison.Ordinal))
        where !used.StartsWith("Microsoft.EntityFrameworkCore.IDbContextFactory", StringComparison.Ordinal)
        select $"{type.FullName} uses {used}; its room is {library.Room}";

    /// <summary>Everything that a type names: bases, members, calls.</summary>
    public static ISet<string> References(TypeDefinition type)
    {
        var found = new HashSet<string>();
        void Add(TypeReference? reference)
        {
            if (reference is null)
            {
                return;
            }

            found.Add(reference.GetElementType().FullName);
            foreach (var argument in (reference as GenericInstanceType)?.GenericArguments ?? [])
            {
                Add(argument);
            }
        }

        Add(type.BaseType);
        foreach (var member in type.Interfaces.Select(i => i.InterfaceType).Concat(type.Fields.Select(f => f.FieldType))
            .Concat(type.Properties.Select(p => p.PropertyType)))
        {
            Add(member);
        }

        foreach (var method in type.Methods)
        {
            Add(method.ReturnType);
            foreach (var parameter in method.Parameters)
            {
                Add(parameter.ParameterType);
            }

            foreach (var instruction in method.HasBody ? method.Body.Instructions.AsEnumerable() : [])
            {
                Add(instruction.Operand as TypeReference ?? (instruction.Operand as MemberReference)?.DeclaringType);
            }
        }

        return found;
    }

    /// <summary>Who calls a method of a type.</summary>
    public IEnumerable<string> Callers(string type, string method) => Types
        .Where(t => t.Methods.Where(m => m.HasBody).SelectMany(m => m.Body.Instructions)
            .Any(i => i.Operand is MethodReference called && called.Name == method && called.DeclaringType.FullName == type))
        .Select(t => Outermost(t).FullName)
        .Distinct();

    /// <summary>Who sorts or compares things by an id: <paramref name="type"/>, whose property Id is a Guid.</summary>
    public IEnumerable<string> SortedById(string type) => Types
        .Where(t => t.Methods.Any(m => m.HasBody
            && SortsById([.. m.Body.Instructions.Select(i => i.Operand).OfType<MethodReference>()], type)))
        .Select(t => Outermost(t).FullName)
        .Distinct();

    // A key of what is sorted, or the comparison itself, in code or in a query.
    private static bool SortsById(IReadOnlyList<MethodReference> used, string type) =>
        used.OfType<GenericInstanceMethod>()
            .Any(m => Regex.IsMatch(m.Name, "^(OrderBy|ThenBy|Min|Max)")
                && m.GenericArguments is [var of, { FullName: "System.Guid" }, ..] && of.FullName == type)
        || (used.Any(m => m.Name == "get_Id" && m.DeclaringType.FullName == type)
            && used.Any(m => m.DeclaringType.FullName == "System.Guid"
                && (m.Name == "CompareTo" || Regex.IsMatch(m.Name, "^op_(Less|Greater)"))));

    public static IEnumerable<string> Ancestors(TypeDefinition type)
    {
        for (var at = type.BaseType; at is not null; at = Resolved(at)?.BaseType)
        {
            yield return at.GetElementType().FullName;
        }
    }

    /// <summary>Rooms (the name after the root) that use each other in a circle, through anything but pages.</summary>
    public IEnumerable<string> Cycles(string root, Func<TypeDefinition, bool> desksOnly)
    {
        var edges = (from type in Types
                     where type.FullName.StartsWith(root + ".", StringComparison.Ordinal) && desksOnly(Outermost(type))
                     from used in References(type)
                     let pair = (From: Room(type.FullName, root), To: Room(used, root), Type: type.FullName, Used: used)
                     where pair.From is not (null or "Shell" or "Api" or "Demo") && pair.To is not (null or "Shell"
                         or "Api" or "Demo") && pair.From != pair.To
                     select (From: pair.From!, To: pair.To!, pair.Type, pair.Used)).ToList();
        var next = edges.ToLookup(e => e.From, e => e.To);
        return edges.Where(e => Reaches(next, e.To, e.From, []))
            .Select(e => $"{e.Type} uses {e.Used}, and {e.To} uses {e.From} again");
    }

    /// <summary>Public methods of desks whose state machine calls AuditLog.ChangeAsync.</summary>
    public IEnumerable<MethodDefinition> Changing() =>
        from type in Types
        where type.FullName.StartsWith("TimeLocker.Server.", StringComparison.Ordinal) && type.IsPublic
            && type.Name is not ("AuditLog" or "RunRecorder")
        from method in type.Methods
        where method.IsPublic && !method.IsConstructor
            && Bodies(type, method)
                .Any(b => b.Body.Instructions.Any(i => i.Operand is MethodReference
                {
                    Name: "ChangeAsync",
                    DeclaringType.Name: "AuditLog"
                }))
        // before anybody has an account
        where !(type.Name is "SetupGate" or "VaultKey" or "AgentRegistry" or "SignInDesk" or "DemoData")
        select method;

    private static IEnumerable<MethodDefinition> Bodies(TypeDefinition type, MethodDefinition method) =>
        (method.HasBody ? [method]
            : Array.Empty<MethodDefinition>()).Concat(type.NestedTypes.Where(n => n.Name.StartsWith($"<{method.Name}>",
                StringComparison.Ordinal)).SelectMany(n => n.Methods).Where(m => m.HasBody));

    private static bool Reaches(ILookup<string, string> next, string from, string to, HashSet<string> seen) =>
        from == to || (seen.Add(from) && next[from].Any(n => Reaches(next, n, to, seen)));

    private static string? Room(string name, string root) =>
        name.StartsWith(root + ".", StringComparison.Ordinal)
            && name[(root.Length + 1)..].Split('.', '/') is [var room, _, ..] ? room : null;

    private static TypeDefinition Outermost(TypeDefinition type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static TypeDefinition? Resolved(TypeReference reference)
    {
        try
        {
            return reference.Resolve();
        }
        catch (AssemblyResolutionException)
        {
            return null;
        }
    }

    private static bool Generated(TypeDefinition type) =>
        type.FullName.Contains("<PrivateImplementationDetails>", StringComparison.Ordinal)
            || type.FullName.StartsWith("System.", StringComparison.Ordinal)
            || type.FullName.StartsWith("Microsoft.", StringComparison.Ordinal);
}
