using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace TimeLocker.Server.Data;

public static class DataSetup
{
    public const string MigrationsAssembly = "TimeLocker.Migrations";

    public static IServiceCollection AddTimeLockerData(this IServiceCollection services, string file) =>
        services.AddSingleton(Factory(file)).AddSingleton<DatabaseWatch>();

    public static IDbContextFactory<TimeLockerDb> Factory(string file)
    {
        var options = new DbContextOptionsBuilder<TimeLockerDb>();
        Configure(options, file);
        return new PooledDbContextFactory<TimeLockerDb>(options.Options);
    }

    public static void Configure(DbContextOptionsBuilder options, string file) => options
        .UseSqlite(SqliteRules.ConnectionString(file), sqlite => sqlite.MigrationsAssembly(MigrationsAssembly))
        .AddInterceptors(new SqliteRules(), UnreadableColumns.Interceptor);
}
