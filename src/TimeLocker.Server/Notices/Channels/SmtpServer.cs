namespace TimeLocker.Server.Notices.Channels;

internal enum SmtpSecurity { StartTls, Tls, None }

/// <param name="Security">How the connection is encrypted; never less than asked for.</param>
internal sealed record SmtpServer(string Host, int Port, SmtpSecurity Security)
{
    public string User { get; init; } = "";
    public string Password { get; init; } = "";

    /// <summary>Certificates in PEM that are trusted besides those of the machine.</summary>
    public string Authority { get; init; } = "";
}
