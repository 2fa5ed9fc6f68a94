using System.Collections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Server.Secrets;

/// <summary>
/// Stands before every log: live secrets are taken out of messages, of their values and of exceptions, whatever the
/// format.
/// </summary>
internal sealed class RedactingLoggers(LoggerFactory inner, SecretFilter live) : ILoggerFactory
{
    public static void AddTo(IServiceCollection services) =>
        services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(all => new RedactingLoggers(
        new LoggerFactory(all.GetServices<ILoggerProvider>(),
            all.GetRequiredService<IOptionsMonitor<LoggerFilterOptions>>(),
            all.GetRequiredService<IOptions<LoggerFactoryOptions>>()),
        all.GetRequiredService<SecretFilter>())));

    public ILogger CreateLogger(string categoryName) => new Redacting(inner.CreateLogger(categoryName), live);

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose() => inner.Dispose();

    private sealed class Redacting(ILogger log, SecretFilter live) : ILogger
    {
        public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(logLevel);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => log.BeginScope(state);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (log.IsEnabled(logLevel))
            {
                var message = live.Clean(formatter(state, exception));
                log.Log(logLevel, eventId,
                    new Clean(message, state as IReadOnlyList<KeyValuePair<string, object?>> ?? [], live),
                    exception is null ? null : new CleanException(exception, live), (clean, _) => clean.ToString());
            }
        }
    }

    /// <summary>The message and its values, for formats that write both.</summary>
    private sealed class Clean(string message, IReadOnlyList<KeyValuePair<string, object?>> values, SecretFilter live)
        : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => values.Count;
        public KeyValuePair<string, object?> this[int index] =>
            new(values[index].Key,
                values[index].Value is { } value and not (int or long or Guid) ? live.Clean(value.ToString() ?? "")
                    : values[index].Value);
        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() =>
            Enumerable.Range(0, Count).Select(i => this[i]).GetEnumerator();
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
        public override string ToString() => message;
    }

    private sealed class CleanException(Exception real, SecretFilter live) : Exception(live.Clean(real.Message))
    {
        public override string? StackTrace => real.StackTrace;
        public override string ToString() => live.Clean(real.ToString());
    }
}
