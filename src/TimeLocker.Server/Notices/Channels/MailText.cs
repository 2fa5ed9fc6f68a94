using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TimeLocker.Core.Notices;

namespace TimeLocker.Server.Notices.Channels;

/// <summary>
/// A message as a mail: headers in ASCII, the text in base64, so that nothing in it can be a header, a command or the
/// end of the mail.
/// </summary>
internal static class MailText
{
    private const int EncodedBytes = 42; // of a word in a header, which is at most 75 characters long

    public static string Of(NoticeMessage about, string from, IReadOnlyList<string> to)
    {
        var mail = new StringBuilder();
        Header("From", $"TimeLocker <{from}>");
        Header("To", string.Join(",\r\n ", to));
        Header("Subject", Words($"[TimeLocker] {about.Title}"));
        Header("Date", about.At.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture) + " +0000");
        Header("Message-ID", $"<{MessageId(about.Key)}@timelocker.invalid>");
        Header("Auto-Submitted", "auto-generated");
        if (about.Level == NoticeLevel.Error)
        {
            Header("X-Priority", "1");
            Header("Importance", "high");
        }

        Header("MIME-Version", "1.0");
        Header("Content-Type", "text/plain; charset=utf-8");
        Header("Content-Transfer-Encoding", "base64");
        return mail.Append("\r\n")
            .Append(Convert.ToBase64String(Encoding.UTF8.GetBytes(Text(about).ReplaceLineEndings("\r\n")),
                Base64FormattingOptions.InsertLineBreaks)).Append("\r\n").ToString();

        void Header(string name, string value) => mail.Append(name).Append(": ").Append(value).Append("\r\n");
    }

    /// <summary>The same for every try, so that mail programs show one.</summary>
    private static string MessageId(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..40];

    private static string Text(NoticeMessage about) =>
        string.Join("\n\n",
            ((string?[])[about.Title, about.Text, about.Url is null ? null : $"{Texts.OpenInTimeLocker}: {about.Url}",
            $"-- \n{(about.Subject is null ? "" : about.Subject + " · ")}{Texts.TimeLockerOn(about.Installation)} · {about.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC"]).Where(p => !string.IsNullOrEmpty(p)));

    /// <summary>RFC 2047: encoded words, cut between characters and folded.</summary>
    private static string Words(string text)
    {
        var words = new List<string>();
        var word = new List<byte>();
        Span<byte> one = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(one);
            if (word.Count + length > EncodedBytes)
            {
                Close();
            }

            word.AddRange(one[..length]);
        }

        Close();
        return string.Join("\r\n ", words);

        void Close()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String([.. word])}?=");
            word.Clear();
        }
    }
}
