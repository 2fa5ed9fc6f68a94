using System.Security.Cryptography;
using Shouldly;
using TimeLocker.Core.Secrets;
using Xunit;

namespace TimeLocker.Tests.Core.Secrets;

public sealed class EnvelopeTests
{
    private static readonly byte[] Key = Envelope.NewKey(), Plain = "correct horse battery"u8.ToArray();
    private static readonly SealLabel Label = new("repository:1", "password", 1, "tl-a");

    public static TheoryData<SealLabel> OtherLabels => new(
        Label with { Owner = "repository:2" }, Label with { Field = "other" }, Label with { Version = 2 },
        Label with { Installation = "tl-b" },
        new("repository:1p", "assword", 1, "tl-a"), new("", "repository:1password", 1, "tl-a"));

    [Fact]
    public void What_was_sealed_opens_with_the_same_key_and_label() =>
        Envelope.Open(Key, Label, Envelope.Seal(Key, Label, Plain)).ShouldBe(Plain);

    [Fact]
    public void The_same_secret_is_sealed_differently_each_time() =>
        Envelope.Seal(Key, Label, Plain).Cipher.ShouldNotBe(Envelope.Seal(Key, Label, Plain).Cipher);

    [Theory, MemberData(nameof(OtherLabels))]
    public void It_does_not_open_under_another_label(SealLabel other) =>
        Should.Throw<CryptographicException>(() => Envelope.Open(Key, other, Envelope.Seal(Key, Label, Plain)));

    [Fact]
    public void It_does_not_open_with_another_key() =>
        Should.Throw<CryptographicException>(() => Envelope.Open(Envelope.NewKey(), Label, Envelope.Seal(Key, Label, Plain)));

    [Fact]
    public void No_bit_of_it_can_be_flipped_and_no_byte_cut_off()
    {
        var whole = Envelope.Seal(Key, Label, Plain);
        for (var bit = 0; bit < (whole.Nonce.Length + whole.Cipher.Length) * 8; bit++)
        {
            byte[] bytes = [.. whole.Nonce, .. whole.Cipher];
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Should.Throw<CryptographicException>(() => Envelope.Open(Key, Label, new(bytes[..12], bytes[12..])));
        }

        for (var length = 0; length < whole.Cipher.Length; length++)
        {
            Should.Throw<CryptographicException>(() => Envelope.Open(Key, Label, whole with { Cipher = whole.Cipher[..length] }));
        }
    }
}
