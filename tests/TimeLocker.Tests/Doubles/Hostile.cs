namespace TimeLocker.Tests.Doubles;

/// <summary>What people paste and attackers send: none of it may break anything.</summary>
internal static class Hostile
{
    public static IReadOnlyList<string> Values { get; } =
    [
        "", " ", "\t", "\n", "a\nb", "a\r\nb: c", "\0", "a\0b", "\ufeff", "\ufeffa", "\ud800", "a\udfff", "\u202eabc", "\u2066abc\u2069", "\u200b", "e\u0301", "\U0001f4be\U0001f468\u200d\U0001f469",
        new('x', 100_000), new('\u00e4', 4096), "-1", "0", "99999999999999999999", "1e999", "NaN", "0x10", "1,5", "0000-00-00", "9999-12-31T23:59", "9999-12-31", "0001-01-01", "25:61", "24:00",
        "H 3 * * *", "H(0-30) 3 * * *", "* * * * *", "0 0 31 2 *", "[", "[odd", "a\\", "(", "*", "**", "{0}", "{", "%n%s", "%00", "'; DROP TABLE plans; --", "\" onload=\"x", "<script>alert(1)</script>", "&lt;",
        "../../../etc/passwd", "/", "//", "/a/../..", "~", "$HOME", "`id`", "$(id)", "a|b;c", "http://[", "http://\u0000", "javascript:alert(1)", "file:///etc/passwd", "null", "undefined", "true", "00000000-0000-0000-0000-000000000000",
        "Europe/Nowhere", "con", ".", "..", "--help", "-",
    ];
}
