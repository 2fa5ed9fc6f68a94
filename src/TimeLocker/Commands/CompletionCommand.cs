using System.CommandLine;
using TimeLocker.Core;

namespace TimeLocker.Commands;

/// <summary>
/// Scripts that let a shell complete commands, options and names; each asks the program itself what could stand there.
/// </summary>
internal static class CompletionCommand
{
    // The word under the cursor is compared here: the program is asked what could stand in its place.
    private const string Bash = """
        # bash: source <(timelocker completion bash)
        _timelocker() {
          local word=${COMP_WORDS[COMP_CWORD]} line= part
          for part in "${COMP_WORDS[@]:0:COMP_CWORD}"; do
            part=${part//[\\\"\']/}
            if [[ $part == *' '* ]]; then line+="\"$part\" "; else line+="$part "; fi
          done
          [[ $word == -* ]] && line+=-
          word=${word//[\\\"\']/}
          COMPREPLY=()
          while IFS= read -r part; do
            [[ $part == "$word"* ]] && COMPREPLY+=("$(printf '%q' "$part")")
          done < <("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)
        }
        complete -o bashdefault -o default -F _timelocker timelocker
        """;

    private const string Zsh = """
        #compdef timelocker
        # zsh: source <(timelocker completion zsh), after “autoload -Uz compinit && compinit”
        _timelocker() {
          local line= part
          local -a found
          for part in "${(@Q)words[1,CURRENT-1]}"; do
            if [[ $part == *' '* ]]; then line+="\"$part\" "; else line+="$part "; fi
          done
          [[ $words[CURRENT] == -* ]] && line+=-
          found=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
          if [[ -n ${found[1]} ]]; then compadd -- "${found[@]}"; else _files; fi
        }
        compdef _timelocker timelocker
        """;

    private const string Fish = """
        # fish: timelocker completion fish | source
        function __timelocker_complete
            set -l line
            for part in (commandline -opc)
                if string match -q '* *' -- $part
                    set line "$line\"$part\" "
                else
                    set line "$line$part "
                end
            end
            string match -q -- '-*' (commandline -ct); and set line "$line-"
            timelocker "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c timelocker -f -n 'set -g __timelocker_found (__timelocker_complete); test (count $__timelocker_found) -gt 0' -a '$__timelocker_found'
        """;

    public static Command Build()
    {
        var shell = new Argument<string>("shell") { HelpName = "bash|zsh|fish", Help = Texts.WhichShell };
        shell.CompletionSources.Add("bash", "zsh", "fish");
        return new TextCommand("completion", Texts.PrintsScriptForShell)
        {
            shell,
        }.Run((parsed, output, _) =>
        {
            var script = parsed.GetValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                "fish" => Fish,
                var other => throw ProblemException.Invalid(Problems.NoScriptOneBash(other)),
            };
            return Task.FromResult(output.Say(new { shell = parsed.GetValue(shell), script }, script));
        });
    }
}
