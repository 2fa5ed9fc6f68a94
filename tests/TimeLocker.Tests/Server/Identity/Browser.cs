using System.Net;
using System.Text.RegularExpressions;

namespace TimeLocker.Tests.Server.Identity;

/// <summary>
/// As much of a browser as the ways in need: cookies, and forms with their hidden fields and the origin of the page.
/// </summary>
public sealed partial class Browser(Uri address) : IDisposable
{
    private readonly HttpClientHandler handler = new()
    {
        AllowAutoRedirect = false,
        ServerCertificateCustomValidationCallback = (_, _, _, _) => true,
    };
    private HttpClient? client;

    public CookieContainer Cookies => handler.CookieContainer;
    public HttpClient Http => client ??= new HttpClient(handler) { BaseAddress = address };
    public string Origin => address.GetLeftPart(UriPartial.Authority);

    public async Task<HttpResponseMessage> PostAsync(string page, Dictionary<string, string> fields,
        string? origin = null, string? action = null)
    {
        var html = await Http.GetStringAsync(page);
        if (TokenField().Match(html) is { Success: true } token)
        {
            fields["__RequestVerificationToken"] = token.Groups[1].Value;
        }

        return await SendAsync(HttpMethod.Post, action ?? page, new FormUrlEncodedContent(fields), origin ?? Origin);
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, string? origin,
        params IEnumerable<(string Name, string Value)> headers)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in origin is null ? headers : headers.Prepend(("Origin", origin)))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return Http.SendAsync(request);
    }

    public Task<HttpResponseMessage> SignInAsync(string name, string password) =>
        PostAsync("/login", new() { ["name"] = name, ["password"] = password, ["returnUrl"] = "/" });

    public void Dispose()
    {
        client?.Dispose();
        handler.Dispose();
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex TokenField();
}
