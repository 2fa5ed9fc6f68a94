using TimeLocker.Server.Identity;

namespace TimeLocker.Server.Settings;

/// <summary>What a proxy on this machine must be told.</summary>
internal static class ProxySnippet
{
    /// <summary>A server block for nginx. Its certificate is the admin's own.</summary>
    public static string Nginx(WebAddress? address, int port)
    {
        var host = address?.Authority ?? "backup.example.com";
        var colon = host.EndsWith(']') ? -1 : host.LastIndexOf(':');
        var (name, own) = colon > 0 ? (host[..colon], host[(colon + 1)..]) : (host, "443");
        return $$"""
            server {
                listen {{own}} ssl;
                server_name {{name}};
                ssl_certificate     /etc/ssl/{{name.Trim('[', ']')}}.crt;
                ssl_certificate_key /etc/ssl/{{name.Trim('[', ']')}}.key;

                location / {
                    proxy_pass http://127.0.0.1:{{port}};
                    proxy_http_version 1.1;
                    proxy_set_header Host $http_host;
                    proxy_set_header X-Forwarded-For $remote_addr;
                    proxy_set_header X-Forwarded-Proto $scheme;
                    proxy_set_header Upgrade $http_upgrade;
                    proxy_set_header Connection $connection_upgrade;
                    proxy_read_timeout 1h;
                    proxy_buffering off;
                    proxy_request_buffering off;
                }
            }
            # once, beside the server blocks:
            map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
            """;
    }
}
