using Microsoft.AspNetCore.Components;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Repositories;
using TimeLocker.Server.Kit;

namespace TimeLocker.Server.Repositories;

public partial class RepositoryForm
{
    private readonly Dictionary<string, string> values = [];
    private IRepositoryBackend backend = default!;
    private RepositoryFacts? facts;
    private Problem? problem;
    private string? verdict;
    private IReadOnlyList<BackendOffer> offers = [];
    private string name = "", region = "", password = "";
    private bool create = true, own, busy, exists;

    [Inject] private RepositoryCatalog Repositories { get; set; } = default!;
    [Inject] private NewRepositories Fresh { get; set; } = default!;
    [Inject] private BackendCatalog Kinds { get; set; } = default!;
    [CascadingParameter] private Actor Who { get; set; } = default!;

    [Parameter] public FolderSource? Folders { get; set; }
    [Parameter] public EventCallback<Repository> Saved { get; set; }

    /// <summary>The repository that the new one becomes a further copy of.</summary>
    [Parameter] public Repository? CopyOf { get; set; }

    /// <summary>Filled in where the person has not said otherwise.</summary>
    [Parameter] public string? Suggested { get; set; }

    private string? NotYet =>
        backend.Fields.FirstOrDefault(f => f.Required
            && string.IsNullOrWhiteSpace(values.GetValueOrDefault(f.Name) ?? f.Default)) is { } missing
            ? Texts.Missing(missing.Label)
        : (!create || own) && password.Length == 0 ? Texts.PasswordMissing : null;

    // The keys of SSH have a part of the form to themselves.
    private IReadOnlyList<Field> Plain => [.. backend.Fields.Where(f => !SshKeyForm.Editors.Contains(f.Editor))];

    private NewRepository Wanted => new()
    {
        Name = name,
        Backend = backend.Kind,
        Values = new(values),
        Password = !create || own ? password : null,
        Create = create,
        Region = region,
        CopyOf = CopyOf?.Id,
    };

    protected override void OnInitialized() => (backend, name) = (Repositories.Backends[0], Suggested ?? "");

    protected override async Task OnInitializedAsync() => offers = await Kinds.ListAsync();

    private void Choose(bool wantNew)
    {
        create = wantNew;
        Touched();
    }

    private void ChooseBackend(ChangeEventArgs e)
    {
        backend = Repositories.Backends.First(b => b.Kind == e.Value?.ToString());
        values.Clear();
        Touched();
    }

    // A test says nothing about what was typed after it.
    private void Touched() => (verdict, problem, facts, exists) = (null, null, null, false);

    private Task<IReadOnlyList<HostKey>> FetchAsync() =>
        Kinds.HostKeysAsync(new()
        {
            Host = Typed(FieldEditor.SshServer),
            Port = int.TryParse(Typed(FieldEditor.SshPort), out var port) ? port : 0,
        }, Who);

    private string? Typed(FieldEditor editor) =>
        backend.Fields.FirstOrDefault(f => f.Editor == editor) is { } field
            ? values.GetValueOrDefault(field.Name) ?? field.Default : null;

    private async Task TestAsync()
    {
        Touched();
        busy = true;
        problem = await Attempt.ProblemOf(async () => facts = await Fresh.TestAsync(Wanted, Who));
        busy = false;
        if (facts is null)
        {
            return;
        }

        exists = facts.State == RepositoryState.Ready || facts.ResticId is not null;
        (verdict, problem) = (create, facts.State) switch
        {
            (true, RepositoryState.Missing) => (Texts.PlaceCanUsed, null),
            (false, RepositoryState.Ready) => (Texts.RepositoryOpensPassword, null),
            (true, RepositoryState.Ready) => (null,
                new Problem(
                    Texts.AlreadyRepositoryPlace,
                    Texts.NewOneWouldGet,
                    Texts.ChooseAnotherFolderOr)),
            (false, RepositoryState.Missing) => (null,
                new Problem(
                    Texts.NoRepositoryPlace,
                    Texts.FolderEmptyOrDoes,
                    Texts.CorrectAddressOrMake)),
            _ => ((string?)null, facts.Problem),
        };
    }

    private async Task SaveAsync()
    {
        if (verdict is null || busy)
        {
            return;
        }

        busy = true;
        Repository? added = null;
        problem = await Attempt.ProblemOf(async () => added = await Fresh.AddAsync(Wanted, Who));
        busy = false;
        if (added is not null)
        {
            password = "";
            await Saved.InvokeAsync(added);
        }
    }
}
