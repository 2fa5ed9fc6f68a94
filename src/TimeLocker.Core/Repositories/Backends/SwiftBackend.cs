using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Repositories.Backends;

public sealed class SwiftBackend : IRepositoryBackend
{
    public string Kind => "swift";
    public Text Title => Texts.SwiftTitle;
    public string Scheme => "swift";

    public IReadOnlyList<Field> Fields { get; } =
    [
        new("authUrl", Texts.AuthUrl)
        {
            Required = true,
            Place = true,
            Example = "https://auth.example.org/v3",
            Help = Texts.AuthUrlHelp,
            Rule = AddressRules.Url,
        },
        new("container", Texts.Container) { Required = true, Example = "restic", Rule = AddressRules.Bucket },
        AddressFields.Prefix,
        new("user", Texts.User) { Required = true, Example = "backup", Rule = AddressRules.User },
        new("password", Texts.Password, FieldType.Secret) { Required = true },
        new("project", Texts.ProjectId) { Required = true, Example = "office", Rule = AddressRules.Word },
        new("region", Texts.Region) { Advanced = true, Example = "RegionOne", Rule = AddressRules.Bucket },
        new("userDomain", Texts.UserDomain) { Advanced = true, Default = "Default", Rule = AddressRules.Word },
        new("projectDomain", Texts.ProjectDomain) { Advanced = true, Default = "Default", Rule = AddressRules.Word },
    ];

    public ResticTarget Target(FieldValues values) => new()
    {
        Location = $"swift:{values["container"]}:/{AddressFields.Path(values["prefix"])}",
        Environment = AddressFields.Variables(
            ("OS_AUTH_URL", values["authUrl"]),
            ("OS_USERNAME", values["user"]),
            ("OS_PASSWORD", values["password"]),
            ("OS_PROJECT_NAME", values["project"]),
            ("OS_REGION_NAME", values["region"]),
            ("OS_USER_DOMAIN_NAME", values["userDomain"]),
            ("OS_PROJECT_DOMAIN_NAME", values["projectDomain"])),
    };
}
