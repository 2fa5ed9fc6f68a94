using TimeLocker.Core.Extensions;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Core.Repositories.Backends;

/// <summary>Fields and pieces that several kinds of places have alike.</summary>
public static class AddressFields
{
    public static Field Prefix { get; } = new("prefix", Texts.Prefix)
    {
        Example = "office/files",
        Help = Texts.PrefixHelp,
        Rule = AddressRules.Word,
    };

    public static Field CaCertificate { get; } = new("caCertificate", Texts.CaCertificate, FieldType.Lines)
    {
        Advanced = true,
        Example = "-----BEGIN CERTIFICATE-----",
        Help = Texts.CaCertificateHelp,
        Rule = AddressRules.Certificates,
    };

    public static Field Bucket(Text label) =>
        new("bucket", label)
        {
            Required = true,
            Example = "company-backup",
            Help = Texts.BucketHelp,
            Rule = AddressRules.Bucket,
        };

    /// <summary>The variables that have a value.</summary>
    public static Dictionary<string, Secret> Variables(params ReadOnlySpan<(string Name, string Value)> variables)
    {
        Dictionary<string, Secret> set = [];
        foreach (var (name, value) in variables)
        {
            if (value.Length > 0)
            {
                set[name] = new Secret(value);
            }
        }

        return set;
    }

    /// <summary>The target with the authority's certificate, where one is given.</summary>
    public static ResticTarget Trusting(this ResticTarget target, FieldValues values) =>
        !values.Has(CaCertificate.Name) ? target : target with
        {
            Environment = new Dictionary<string,
            Secret>(target.Environment)
            { ["RESTIC_CACERT"] = new($"{ResticTarget.FilesFolder}/ca.pem") },
            Files = new Dictionary<string, Secret>(target.Files) { ["ca.pem"] = new(values[CaCertificate.Name] + "\n") },
        };

    /// <summary>A path for an address, without empty parts; each part escaped where the address is a URL.</summary>
    public static string Path(string given, bool url = false) =>
        string.Join('/',
            given.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".")
                .Select(part => url ? Uri.EscapeDataString(part) : part));

    public static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
}
