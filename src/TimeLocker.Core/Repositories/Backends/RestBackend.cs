using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Repositories.Backends;

/// <summary>restic's own server (rest-server). It can be run so that nobody can remove what was stored.</summary>
public sealed class RestBackend : IRepositoryBackend
{
    public string Kind => "rest";
    public Text Title => Texts.RestTitle;
    public string Scheme => "rest";

    public IReadOnlyList<Field> Fields { get; } =
    [
        new("url", Texts.Url)
        {
            Required = true,
            Place = true,
            Example = "https://backup.example.org:8000/office/",
            Help = Texts.UrlHelp,
            Rule = AddressRules.Url,
        },
        new("user", Texts.User) { Example = "office", Help = Texts.UserHelp, Rule = AddressRules.User },
        new("password", Texts.Password, FieldType.Secret) { Help = Texts.PasswordHelp },
        AddressFields.CaCertificate,
    ];

    public ResticTarget Target(FieldValues values) => new ResticTarget
    {
        Location = "rest:" + Slashed(new Uri(values["url"]).AbsoluteUri),
        Environment = AddressFields.Variables(("RESTIC_REST_USERNAME", values["user"]),
            ("RESTIC_REST_PASSWORD", values["password"])),
    }.Trusting(values);

    private static string Slashed(string url) => url.EndsWith('/') ? url : url + "/";
}
