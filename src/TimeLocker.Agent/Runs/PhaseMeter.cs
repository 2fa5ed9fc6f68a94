using System.Globalization;
using System.Text.RegularExpressions;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Agent.Runs;

/// <summary>
/// Progress of a restic that speaks text: its phase, the phase's figure, and what is left if it takes as long as last
/// time.
/// </summary>
internal sealed partial class PhaseMeter(TimeSpan? expected, DateTimeOffset startedAt, TimeProvider time)
{
    private (string? Phase, string? Figure, long? Remaining) told;

    /// <returns>Null: nothing new.</returns>
    public RunProgress? Next(BoundedLines text, Text? note)
    {
        var left = expected is { } usual ? (long)Math.Ceiling((startedAt + usual - time.GetUtcNow()).TotalSeconds) : 0;
        var now = (text.Phase, text.Figure, Remaining: left > 0 ? left : (long?)null);
        if (now == told)
        {
            return null;
        }

        told = now;
        var figure = text.Figure is null ? null : Figure().Match(text.Figure);
        return new RunProgress
        {
            Phase = text.Phase is { } phase ? Text.Verbatim(phase.TrimEnd('.').AsForeign()) : null,
            Fraction = figure is { Success: true }
                && double.TryParse(figure.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var percent)
                ? percent / 100 : null,
            SecondsRemaining = now.Remaining,
            Note = note ?? (figure is { Success: true } ? Text.Verbatim(figure.Groups[2].Value.AsForeign()) : null),
        };
    }

    [GeneratedRegex(@"^\[[\d:]+\]\s+(?:([\d.]+)%\s+)?(.+)$")]
    private static partial Regex Figure();
}
