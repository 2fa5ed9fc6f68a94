using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Repositories.Backends;

public sealed class B2Backend : IRepositoryBackend
{
    public string Kind => "b2";
    public Text Title => Texts.BackblazeTitle;
    public string Scheme => "b2";

    public IReadOnlyList<Field> Fields { get; } =
    [
        AddressFields.Bucket(Texts.Bucket),
        AddressFields.Prefix,
        new("accountId", Texts.AccountId)
        {
            Required = true,
            Example = "0012ab34cd56ef70000000001",
            Help = Texts.AccountIdHelp,
            Rule = AddressRules.User,
        },
        new("accountKey", Texts.BackblazeAccountKey, FieldType.Secret) { Required = true, Help = Texts.BackblazeAccountKeyHelp },
    ];

    public ResticTarget Target(FieldValues values) => new()
    {
        Location = $"b2:{values["bucket"]}:{AddressFields.Path(values["prefix"])}",
        Environment = AddressFields.Variables(("B2_ACCOUNT_ID", values["accountId"]), ("B2_ACCOUNT_KEY", values["accountKey"])),
    };
}
