using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Repositories.Backends;

public sealed class SwiftBackend : IRepositoryBackend
{
    public string Kind => "swift";
    public string Title => "OpenStack Swift";
    public string Scheme => "swift";

    public IReadOnlyList<Field> Fields { get; } =
    [
        new("authUrl", "Address of the sign-in") { Required = true, Place = true, Example = "https://auth.example.org/v3", Help = "OS_AUTH_URL of the provider's openrc file; the other values are there, too.", Rule = AddressRules.Url },
        new("container", "Container") { Required = true, Example = "restic", Rule = AddressRules.Bucket },
        AddressFields.Prefix,
        new("user", "User") { Required = true, Example = "backup", Rule = AddressRules.User },
        new("password", "Password", FieldType.Secret) { Required = true },
        new("project", "Project") { Required = true, Example = "office", Rule = AddressRules.Word },
        new("region", "Region") { Advanced = true, Example = "RegionOne", Rule = AddressRules.Bucket },
        new("userDomain", "The user's domain") { Advanced = true, Default = "Default", Rule = AddressRules.Word },
        new("projectDomain", "The project's domain") { Advanced = true, Default = "Default", Rule = AddressRules.Word },
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
