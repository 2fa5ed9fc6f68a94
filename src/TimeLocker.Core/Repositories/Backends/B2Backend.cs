using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Repositories.Backends;

public sealed class B2Backend : IRepositoryBackend
{
    public string Kind => "b2";
    public string Title => "Backblaze B2";
    public string Scheme => "b2";

    public IReadOnlyList<Field> Fields { get; } =
    [
        AddressFields.Bucket("Bucket"),
        AddressFields.Prefix,
        new("accountId", "Key ID") { Required = true, Example = "0012ab34cd56ef70000000001", Help = "Of an application key, in Backblaze under “Application Keys”.", Rule = AddressRules.User },
        new("accountKey", "Application key", FieldType.Secret) { Required = true, Help = "Backblaze shows it once, when it is made." },
    ];

    public ResticTarget Target(FieldValues values) => new()
    {
        Location = $"b2:{values["bucket"]}:{AddressFields.Path(values["prefix"])}",
        Environment = AddressFields.Variables(("B2_ACCOUNT_ID", values["accountId"]), ("B2_ACCOUNT_KEY", values["accountKey"])),
    };
}
