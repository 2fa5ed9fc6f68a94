using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using TimeLocker.Server.Data;

namespace TimeLocker.Migrations;

/// <summary>Lets <c>dotnet ef</c> work on this project alone.</summary>
public sealed class DesignTimeFactory : IDesignTimeDbContextFactory<TimeLockerDb>
{
    public TimeLockerDb CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<TimeLockerDb>();
        DataSetup.Configure(options, "design.db");
        return new TimeLockerDb(options.Options);
    }
}
