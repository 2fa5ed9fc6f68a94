using System.Globalization;
using System.Text.RegularExpressions;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Repositories.Backends;

namespace TimeLocker.Server.Notices.Channels;

/// <summary>E-mail through anybody's SMTP server.</summary>
public sealed partial class EmailChannel : INoticeChannel
{
    private const string Tls = "TLS", StartTls = "STARTTLS", Plain = "none";
    private const int MostRecipients = 50;

    public string Kind => "email";
    public Text Title => Texts.EmailTitle;
    public bool IsUsual => true;
    public Text Summary => Texts.EmailSummary;

    public IReadOnlyList<Field> Fields { get; } =
    [
        new("host", Texts.Host) { Required = true, Place = true, Example = "smtp.example.org", Rule = AddressRules.Host },
        new("security", Texts.Security, FieldType.Choice)
        {
            Required = true,
            Place = true,
            Choices = [StartTls, Tls, Plain],
            Default = StartTls,
            Help = Texts.SecurityHelp,
        },
        new("port", Texts.Port) { Place = true, Example = "587", Help = Texts.PortHelp, Rule = AddressRules.Port },
        new("user", Texts.User)
        {
            Example = "office@example.org",
            Help = Texts.UserHelp,
            Rule = v => v.Length <= 200 ? null : Texts.TooLong,
        },
        new("password", Texts.Password, FieldType.Secret) { Help = Texts.PasswordHelp },
        new("from", Texts.From) { Required = true, Example = "backup@example.org", Rule = Address },
        new("to", Texts.To)
        {
            Required = true,
            Example = "ada@example.org, grace@example.org",
            Help = Texts.ToHelp,
            Rule = Addresses,
        },
        new("caCertificate", Texts.CaCertificate, FieldType.Lines)
        {
            Advanced = true,
            Example = "-----BEGIN CERTIFICATE-----",
            Help = Texts.CaCertificateHelp,
            Rule = AddressRules.Certificates,
        },
    ];

    public async Task SendAsync(NoticeMessage message, FieldValues values, CancellationToken ct)
    {
        var security = values["security"] switch
        {
            Tls => SmtpSecurity.Tls,
            Plain => SmtpSecurity.None,
            _ => SmtpSecurity.StartTls
        };
        if (values.Has("password") && !values.Has("user"))
        {
            throw ProblemException.Invalid(Problems.EMailNotSent);
        }

        if (values.Has("user") && security == SmtpSecurity.None
            && !values["host"].Equals("localhost", StringComparison.OrdinalIgnoreCase)
            && values["host"] is not ("127.0.0.1" or "::1"))
        {
            throw ProblemException.Invalid(Problems.EMailNotSentChoose);
        }

        var server = new SmtpServer(values["host"],
            values.Has("port") ? int.Parse(values["port"], CultureInfo.InvariantCulture)
                : security switch { SmtpSecurity.Tls => 465, SmtpSecurity.StartTls => 587, _ => 25 }, security)
        {
            User = values["user"],
            Password = values["password"],
            Authority = values["caCertificate"],
        };
        var to = Split(values["to"]);
        await SmtpClient.SendAsync(server, values["from"], to, MailText.Of(message, values["from"], to), ct);
    }

    private static string[] Split(string to) =>
        [.. to.Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Distinct(StringComparer.OrdinalIgnoreCase)];

    private static Text? Addresses(string value) =>
        Split(value) is not { Length: > 0 and <= MostRecipients } all ? Texts.OneAddresses(MostRecipients)
            : all.Select(Address).FirstOrDefault(why => why is not null);

    private static Text? Address(string value) =>
        value.Length <= 254 && MailAddress().IsMatch(value) ? null : Texts.NotEMailAddress;

    [GeneratedRegex(@"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex MailAddress();
}
