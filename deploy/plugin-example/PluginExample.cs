using System.Text;
using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Http;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Repositories.Backends;

namespace PluginExample;

/// <summary>A kind of repository and a kind of channel.</summary>
public sealed class Plugin : IPlugin
{
    public void Register(ExtensionSet set) => set
        .Add<IRepositoryBackend>(new NamedDisk())
        .Add<INoticeChannel>(new MatrixRoom(set.Http));
}

/// <summary>
/// A disk that is known by its name: desktops mount it below /media or /run/media, with a folder for each person in between.
/// </summary>
public sealed class NamedDisk : IRepositoryBackend
{
    public string Kind => "named-disk";
    public Text Title => PluginText.Of("Disk with a name");
    public bool IsHere => true;

    public IReadOnlyList<Field> Fields { get; } =
    [
        new("disk", PluginText.Of("Name of the disk"))
        {
            Required = true, Example = "BACKUP", Help = PluginText.Of("As the file manager shows it."), Rule = AddressRules.Share,
        },
        new("folder", PluginText.Of("Folder on it"))
        {
            Required = true, Example = "office", Help = PluginText.Of("It is made when it is missing."), Rule = AddressRules.Word,
        },
        new("under", PluginText.Of("Where disks are mounted"), FieldType.Folder)
        {
            Advanced = true, Default = "/media", Rule = AddressRules.Folder,
        },
    ];

    public ResticTarget Target(FieldValues values)
    {
        var under = values.Has("under") ? values["under"] : "/media";
        var places = Directory.Exists(under) ? Directory.EnumerateDirectories(under).Prepend(under) : [];
        var disk = places.Select(place => Path.Combine(place, values["disk"])).FirstOrDefault(Directory.Exists)
            ?? throw new ProblemException(ProblemKind.Unavailable, PluginText.Of($"The disk “{values["disk"]}” is not there."),
                PluginText.Of($"Nothing of this name is mounted below {under.AsName()}."),
                PluginText.Of($"Plug it in, and unlock it where it is encrypted."));
        var folder = Path.Combine(disk, AddressFields.Path(values["folder"]));
        return new ResticTarget { Location = folder, Folder = folder };
    }
}

/// <summary>A room of Matrix, in which an account of TimeLocker's own writes.</summary>
public sealed class MatrixRoom(OutgoingHttp http) : INoticeChannel
{
    public string Kind => "matrix";
    public Text Title => PluginText.Of("Matrix room");
    public Text Summary => PluginText.Of("A message in a room, through any Matrix server.");

    public IReadOnlyList<Field> Fields { get; } =
    [
        ChannelFields.Server("https://matrix.example.org"), // a place: with another server the token has to be entered again
        new("room", PluginText.Of("Room"))
        {
            Required = true, Example = "!abcdef:example.org",
            Help = PluginText.Of("Its internal id, in the room's settings under “Advanced”."),
            Pattern = "![A-Za-z0-9._~-]{1,100}:[A-Za-z0-9.:-]{1,100}",
        },
        ChannelFields.Token(PluginText.Of("Of the account that writes.")),
        ChannelFields.OwnNetwork,
    ];

    public Task SendAsync(NoticeMessage message, FieldValues values, CancellationToken ct)
    {
        // The key of the message makes a second try harmless: the server takes each only once.
        var address = $"{values["server"].TrimEnd('/')}/_matrix/client/v3/rooms/{Uri.EscapeDataString(values["room"])}"
            + $"/send/m.room.message/{Uri.EscapeDataString(ChannelFields.HeaderKey(message))}";
        var body = new JsonObject { ["msgtype"] = "m.text", ["body"] = $"{message.Title}\n{ChannelFields.Body(message, link: true)}" };
        var request = new HttpRequestMessage(HttpMethod.Put, address)
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new("Bearer", values["token"]);
        return http.SendAsync("Matrix", request, values.Flag("ownNetwork"), ct);
    }
}
