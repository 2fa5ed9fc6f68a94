namespace TimeLocker.Server.Kit;

/// <summary>Marks the resource file of the pages' sentences. The English sentence is its own key; Texts.&lt;culture&gt;.resx translates.</summary>
public sealed class Texts;
