namespace TimeLocker.Commands;

/// <summary>For options that turn something on or off.</summary>
internal enum OnOff { On, Off }
