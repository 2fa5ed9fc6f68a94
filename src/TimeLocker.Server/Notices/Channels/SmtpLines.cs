using System.Text;

namespace TimeLocker.Server.Notices.Channels;

/// <param name="Lines">Without their codes.</param>
internal sealed record SmtpAnswer(int Code, IReadOnlyList<string> Lines);

/// <summary>Commands and answers of SMTP, with a bound for what a server may say.</summary>
internal sealed class SmtpLines(Stream stream)
{
    private const int LongestLine = 2048, MostLines = 100;

    private readonly byte[] buffer = new byte[4096];
    private int from, to;

    /// <summary>Nothing was received beyond the last answer.</summary>
    public bool IsEmpty => from == to;

    public async Task<SmtpAnswer> AskAsync(string command, CancellationToken ct)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), ct);
        await stream.FlushAsync(ct);
        return await ReadAsync(ct);
    }

    /// <exception cref="IOException">The connection ended, or what came is no answer.</exception>
    public async Task<SmtpAnswer> ReadAsync(CancellationToken ct)
    {
        var lines = new List<string>();
        while (lines.Count < MostLines)
        {
            var line = await LineAsync(ct);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), System.Globalization.NumberStyles.None, null, out var code))
            {
                break;
            }

            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] != '-')
            {
                return new(code, lines);
            }
        }

        throw new IOException("This is not the answer of a mail server.");
    }

    private async Task<string> LineAsync(CancellationToken ct)
    {
        var line = new StringBuilder();
        while (line.Length < LongestLine)
        {
            if (from == to)
            {
                (from, to) = (0, await stream.ReadAsync(buffer, ct));
                if (to == 0)
                {
                    throw new IOException("The connection ended.");
                }
            }

            var one = buffer[from++];
            if (one == '\n')
            {
                return line.ToString();
            }

            if (one != '\r')
            {
                line.Append((char)one);
            }
        }

        throw new IOException("This line of the mail server has no end.");
    }
}
