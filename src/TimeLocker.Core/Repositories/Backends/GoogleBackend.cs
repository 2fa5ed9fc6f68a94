using System.Text.Json;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Core.Repositories.Backends;

public sealed class GoogleBackend : IRepositoryBackend
{
    private const string File = "credentials.json";

    public string Kind => "gs";
    public Text Title => Texts.GoogleTitle;
    public string Scheme => "gs";

    public IReadOnlyList<Field> Fields { get; } =
    [
        AddressFields.Bucket(Texts.Bucket),
        AddressFields.Prefix,
        new("projectId", Texts.ProjectId) { Required = true, Example = "company-backup-123456", Rule = AddressRules.Bucket },
        new("credentials", Texts.Credentials, FieldType.Secret)
        {
            Required = true,
            Multiline = true,
            Help = Texts.CredentialsHelp,
            Rule = Json,
        },
    ];

    public ResticTarget Target(FieldValues values) => new()
    {
        Location = $"gs:{values["bucket"]}:/{AddressFields.Path(values["prefix"])}",
        Environment = AddressFields.Variables(("GOOGLE_PROJECT_ID", values["projectId"]),
            ("GOOGLE_APPLICATION_CREDENTIALS", $"{ResticTarget.FilesFolder}/{File}")),
        Files = new Dictionary<string, Secret> { [File] = new(values["credentials"]) },
    };

    // A file of another type can name a program to run or an address to ask.
    private static Text? Json(string value)
    {
        try
        {
            using var file = JsonDocument.Parse(value);
            return file.RootElement.ValueKind == JsonValueKind.Object
                && file.RootElement.TryGetProperty("type", out var type) && type.ValueEquals("service_account") ? null
                : Texts.NotKeyServiceAccount;
        }
        catch (JsonException)
        {
            return Texts.NotJsonOrPart;
        }
    }
}
