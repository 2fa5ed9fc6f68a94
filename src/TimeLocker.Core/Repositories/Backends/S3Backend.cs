using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Repositories.Backends;

/// <summary>Object storage that speaks S3: Amazon, MinIO, Wasabi, Hetzner, Ceph …</summary>
public sealed class S3Backend : IRepositoryBackend
{
    public string Kind => "s3";
    public Text Title => Texts.ObjectStorageTitle;
    public string Scheme => "s3";

    public IReadOnlyList<Field> Fields { get; } =
    [
        new("endpoint", Texts.Endpoint)
        {
            Required = true,
            Place = true,
            Example = "s3.eu-central-1.amazonaws.com",
            Help = Texts.EndpointHelp,
            Rule = AddressRules.Endpoint,
        },
        AddressFields.Bucket(Texts.Bucket),
        AddressFields.Prefix,
        new("accessKeyId", Texts.AccessKeyId)
        {
            Required = true,
            Example = "AKIAIOSFODNN7EXAMPLE",
            Help = Texts.AccessKeyIdHelp,
            Rule = AddressRules.User,
        },
        new("secretAccessKey", Texts.SecretAccessKey, FieldType.Secret) { Required = true },
        new("region", Texts.Region)
        {
            Advanced = true,
            Default = "us-east-1",
            Example = "eu-central-1",
            Help = Texts.RegionHelp,
            Rule = AddressRules.Bucket,
        },
        new("sessionToken", Texts.SessionToken, FieldType.Secret) { Advanced = true, Help = Texts.SessionTokenHelp },
        new("pathStyle", Texts.PathStyle, FieldType.Flag) { Advanced = true, Help = Texts.PathStyleHelp },
        AddressFields.CaCertificate,
    ];

    // Without a region restic asks for it, and retries a missing bucket for a quarter of an hour.
    public ResticTarget Target(FieldValues values) => new ResticTarget
    {
        Location = $"s3:{new Uri(AddressRules.WithScheme(values["endpoint"])).GetLeftPart(UriPartial.Authority)}/{values["bucket"]}/{AddressFields.Path(values["prefix"], url: true)}".TrimEnd('/'),
        Environment = AddressFields.Variables(
            ("AWS_ACCESS_KEY_ID", values["accessKeyId"]),
            ("AWS_SECRET_ACCESS_KEY", values["secretAccessKey"]),
            ("AWS_SESSION_TOKEN", values["sessionToken"]),
            ("AWS_DEFAULT_REGION", values.Has("region") ? values["region"] : "us-east-1")),
        Options = [$"s3.bucket-lookup={(values.Flag("pathStyle") ? "path" : "auto")}"],
    }.Trusting(values);
}
