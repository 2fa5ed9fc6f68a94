using System.Net;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Checks;

/// <summary>Whether restic's server lets nothing be removed: it refuses even to remove what cannot exist.</summary>
internal static class AppendOnlyProbe
{
    public static async Task<bool> AskAsync(ResticTarget target, CancellationToken ct)
    {
        if (!target.Location.StartsWith("rest:http", StringComparison.Ordinal))
        {
            return false;
        }

        using var http = HttpPlace.Open(target);
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"{target.Location["rest:".Length..]}data/{new string('0', 64)}");
        HttpObjects.Authorize(request, target, TimeProvider.System);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            return response.StatusCode == HttpStatusCode.Forbidden;
        }
        catch (Exception e) when (HttpPlace.IsSilent(e, ct))
        {
            return false; // restic reached it a moment ago; what is not known is not claimed
        }
    }
}
