using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Repositories.Backends;

/// <summary>Object storage that speaks S3: Amazon, MinIO, Wasabi, Hetzner, Ceph …</summary>
public sealed class S3Backend : IRepositoryBackend
{
    public string Kind => "s3";
    public string Title => "S3 object storage";
    public string Scheme => "s3";

    public IReadOnlyList<Field> Fields { get; } =
    [
        new("endpoint", "Server") { Required = true, Place = true, Example = "s3.eu-central-1.amazonaws.com", Help = "The provider calls it “endpoint”. https:// is added where nothing is said.", Rule = AddressRules.Endpoint },
        AddressFields.Bucket("Bucket"),
        AddressFields.Prefix,
        new("accessKeyId", "Access key ID") { Required = true, Example = "AKIAIOSFODNN7EXAMPLE", Help = "The provider shows both keys once, when they are made.", Rule = AddressRules.User },
        new("secretAccessKey", "Secret access key", FieldType.Secret) { Required = true },
        new("region", "Region") { Advanced = true, Default = "us-east-1", Example = "eu-central-1", Help = "Where the bucket is, in the provider's words. Many servers do not mind.", Rule = AddressRules.Bucket },
        new("sessionToken", "Session token", FieldType.Secret) { Advanced = true, Help = "Only for keys that expire." },
        new("pathStyle", "Bucket in the path, not in the server's name", FieldType.Flag) { Advanced = true, Help = "For servers of your own, such as MinIO, when the bucket is not found." },
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
