using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Repositories.Backends;

public sealed class AzureBackend : IRepositoryBackend
{
    public string Kind => "azure";
    public Text Title => Texts.AzureTitle;
    public string Scheme => "azure";

    public IReadOnlyList<Field> Fields { get; } =
    [
        new("accountName", Texts.AccountName) { Required = true, Example = "companybackup", Rule = AddressRules.Bucket },
        new("container", Texts.Container) { Required = true, Example = "restic", Rule = AddressRules.Bucket },
        AddressFields.Prefix,
        new("accountKey", Texts.AccountKey, FieldType.Secret) { Help = Texts.AccountKeyHelp },
        new("sasToken", Texts.SasToken, FieldType.Secret) { Help = Texts.SasTokenHelp },
        new("endpointSuffix", Texts.EndpointSuffix)
        {
            Advanced = true,
            Place = true,
            Example = "core.windows.net",
            Help = Texts.EndpointSuffixHelp,
            Rule = AddressRules.Host,
        },
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
