import { Argument, type Command } from 'commander';
import { type CommandWords, SHELLS, type Shell } from './completion-scripts.js';

export function completionCommand(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SHELLS)))
    .addHelpText('after', `\nExample:\n  sallyport completion bash >> ~/.bashrc\n\n${PLACES}`)
    .action((shell: Shell) => {
      process.stdout.write(SHELLS[shell](wordsOf(program)));
    });
}

const PLACES = `Where it goes:
  bash         sallyport completion bash >> ~/.bashrc
  zsh          sallyport completion zsh > ~/.zfunc/_sallyport, with that folder in fpath before compinit
  fish         sallyport completion fish > ~/.config/fish/completions/sallyport.fish
  powershell   sallyport completion powershell >> $PROFILE`;

/** Each command by its path, such as `sallyport token code`, with the words that may follow. */
function wordsOf(program: Command): CommandWords[] {
  const general = optionsOf(program).filter(({ word }) => word === '--verbose');
  const visit = (command: Command, path: string): CommandWords[] => [
    {
      path,
      commands: visible(command).map((child) => ({ word: child.name(), about: child.description() })),
      choices: command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
      options: command === program ? optionsOf(command) : [...optionsOf(command), ...general],
    },
    ...visible(command).flatMap((child) => visit(child, `${path} ${child.name()}`)),
  ];
  return visit(program, program.name());
}

function visible(command: Command): Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((child) => child.name() !== 'help');
}

function optionsOf(command: Command) {
  const options = command.createHelp().visibleOptions(command);
  return options.flatMap(({ long, description }) => (long ? [{ word: long, about: description }] : []));
}
