/** The commands and options as a script for each shell. Words and descriptions are the program's own. */

interface Word {
  word: string;
  about: string;
}

/** What may follow one command. */
export interface CommandWords {
  /** From the program's name on, separated by spaces. */
  path: string;
  commands: readonly Word[];
  /** Values that its argument takes. */
  choices: readonly string[];
  options: readonly Word[];
}

/** By shell: the script. */
export const SHELLS = { bash, zsh, fish, powershell } as const;
export type Shell = keyof typeof SHELLS;

/** Every path but the program's own. */
function paths(all: readonly CommandWords[]): string[] {
  return all.map(({ path }) => path).slice(1);
}

/** In single quotes, for every shell here but PowerShell and fish, which write a quote in another way. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function bash(all: readonly CommandWords[]): string {
  const cases = all.map(({ path, commands, choices, options }) => {
    const words = [...commands, ...options].map(({ word }) => word);
    return `    ${quoted(path)}) words=${quoted([...choices, ...words].join(' '))} ;;`;
  });
  return `# Completion of sallyport for bash.
_sallyport() {
  local at=sallyport words= word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at $word" in
      ${paths(all).map(quoted).join('|')}) at="$at $word" ;;
    esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _sallyport sallyport
`;
}

function zsh(all: readonly CommandWords[]): string {
  const described = ({ word, about }: Word) => quoted(`${word.replaceAll(':', '\\:')}:${about}`);
  const cases = all.map(({ path, commands, choices, options }) => {
    const words = [...commands.map(described), ...choices.map(quoted)].join(' ');
    return `    (${quoted(path)}) words_=(${words}) options_=(${options.map(described).join(' ')}) ;;`;
  });
  return `#compdef sallyport
# Completion of sallyport for zsh.
_sallyport() {
  local at=sallyport word
  local -a words_ options_
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
      (${paths(all).map(quoted).join('|')}) at="$at $word" ;;
    esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  _describe 'command' words_
  _describe -o 'option' options_
  (( $#words_ )) || _files
}
if [ "$funcstack[1]" = "_sallyport" ]; then _sallyport "$@"; else compdef _sallyport sallyport; fi
`;
}

function fish(all: readonly CommandWords[]): string {
  const text = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = all.flatMap(({ path, commands, choices, options }) => {
    const begin = `complete -c sallyport -n ${text(`__sallyport_at ${text(path)}`)}`;
    return [
      ...commands.map(({ word, about }) => `${begin} -f -a ${word} -d ${text(about)}`),
      ...choices.map((word) => `${begin} -f -a ${word}`),
      ...options.map(({ word, about }) => `${begin} -l ${word.slice(2)} -d ${text(about)}`),
    ];
  });
  return `# Completion of sallyport for fish.
function __sallyport_at
  set -l at sallyport
  for word in (commandline -opc)[2..-1]
    switch "$at $word"
      case ${paths(all).map(text).join(' ')}
        set at "$at $word"
    end
  end
  test "$at" = "$argv[1]"
end
${lines.join('\n')}
`;
}

function powershell(all: readonly CommandWords[]): string {
  const text = (value: string) => `'${value.replaceAll("'", "''")}'`;
  const entries = all.map(({ path, commands, choices, options }) => {
    const words = [...commands, ...choices.map((word) => ({ word, about: word })), ...options];
    const pairs = words.map(({ word, about }) => `@(${text(word)}, ${text(about || word)})`);
    return `    ${text(path)} = @(${pairs.map((pair) => `,${pair}`).join('; ')})`;
  });
  return `# Completion of sallyport for PowerShell.
Register-ArgumentCompleter -Native -CommandName sallyport -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $table = @{
${entries.join('\n')}
  }
  $at = 'sallyport'
  foreach ($element in ($commandAst.CommandElements | Select-Object -Skip 1)) {
    if ($element.Extent.EndOffset -ge $cursorPosition) { break }
    if ($table.ContainsKey("$at $element")) { $at = "$at $element" }
  }
  $table[$at] | Where-Object { $_[0] -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_[0], $_[0], 'ParameterValue', $_[1])
  }
}
`;
}
