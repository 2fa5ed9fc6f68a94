using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Repositories.Backends;

/// <summary>restic's own server (rest-server). It can be run so that nobody can remove what was stored.</summary>
public sealed class RestBackend : IRepositoryBackend
{
    public string Kind => "rest";
    public string Title => "restic REST server";
    public string Scheme => "rest";

    public IReadOnlyList<Field> Fields { get; } =
    [
        new("url", "Address") { Required = true, Place = true, Example = "https://backup.example.org:8000/office/", Help = "Of the server and the repository on it. With http:// instead of https:// anybody on the way can read the server's password.", Rule = AddressRules.Url },
        new("user", "User") { Example = "office", Help = "Empty where the server asks for none.", Rule = AddressRules.User },
        new("password", "Password", FieldType.Secret) { Help = "The server's, not the repository's." },
        AddressFields.CaCertificate,
    ];

    public ResticTarget Target(FieldValues values) => new ResticTarget
    {
        Location = "rest:" + Slashed(new Uri(values["url"]).AbsoluteUri),
        Environment = AddressFields.Variables(("RESTIC_REST_USERNAME", values["user"]), ("RESTIC_REST_PASSWORD", values["password"])),
    }.Trusting(values);

    private static string Slashed(string url) => url.EndsWith('/') ? url : url + "/";
}
