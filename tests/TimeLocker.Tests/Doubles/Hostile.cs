namespace TimeLocker.Tests.Doubles;

/// <summary>What people paste and attackers send: none of it may break anything.</summary>
internal static class Hostile
{
    /// <summary>One of each sort.</summary>
    public static IReadOnlyList<string> Usual { get; } =
    [
        "", " ", "a\r\nb: c", "a\0b", "\ufeffa", "\ud800", "\u202eabc", "\u200b",
            "\U0001f4be\U0001f468\u200d\U0001f469", new('x', 100_000), "-1", "99999999999999999999", "1e999", "NaN",
        "0000-00-00", "9999-12-31T23:59", "0001-01-01T00:00", "9999-12-31", "25:61", "H 3 * * *", "H(0-30) 3 * * *",
            "0 0 31 2 *", "[", "a\\", "{0}", "%n%s", "'; DROP TABLE plans; --", "<script>alert(1)</script>",
                "../../../etc/passwd", "http://[",
    ];

    public static IReadOnlyList<string> Values { get; } =
    [
        .. Usual, "\t", "\n", "a\nb", "\0", "\ufeff", "a\udfff", "\u2066abc\u2069", "e\u0301", new('\u00e4', 4096), "0",
            "0x10", "1,5", "24:00", "* * * * *", "[odd", "(", "*", "**", "{", "%00", "\" onload=\"x", "&lt;",
        "/", "//", "/a/../..", "~", "$HOME", "`id`", "$(id)", "a|b;c", "http://\u0000", "javascript:alert(1)",
            "file:///etc/passwd", "null", "undefined", "true", "00000000-0000-0000-0000-000000000000",
        "Europe/Nowhere", "con", ".", "..", "--help", "-",
    ];
}
