using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Repositories.Backends;

public sealed class AzureBackend : IRepositoryBackend
{
    public string Kind => "azure";
    public string Title => "Azure Blob Storage";
    public string Scheme => "azure";

    public IReadOnlyList<Field> Fields { get; } =
    [
        new("accountName", "Storage account") { Required = true, Example = "companybackup", Rule = AddressRules.Bucket },
        new("container", "Container") { Required = true, Example = "restic", Rule = AddressRules.Bucket },
        AddressFields.Prefix,
        new("accountKey", "Account key", FieldType.Secret) { Help = "In Azure under “Access keys”. Either this or a SAS token." },
        new("sasToken", "SAS token", FieldType.Secret) { Help = "A right that is limited to this container and in time." },
        new("endpointSuffix", "Server's suffix") { Advanced = true, Place = true, Example = "core.windows.net", Help = "Only for Azure's national clouds.", Rule = AddressRules.Host },
    ];

    public ResticTarget Target(FieldValues values) => new()
    {
        Location = $"azure:{values["container"]}:/{AddressFields.Path(values["prefix"])}",
        Environment = AddressFields.Variables(
            ("AZURE_ACCOUNT_NAME", values["accountName"]),
            ("AZURE_ACCOUNT_KEY", values["accountKey"]),
            ("AZURE_ACCOUNT_SAS", values["sasToken"]),
            ("AZURE_ENDPOINT_SUFFIX", values["endpointSuffix"])),
    };
}
