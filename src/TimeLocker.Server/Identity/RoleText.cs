using TimeLocker.Core;

namespace TimeLocker.Server.Identity;

/// <summary>A role, as people read it.</summary>
public static class RoleText
{
    public static Text Of(Role role) => Texts.RoleName(TextArgument.Of(role));
}
