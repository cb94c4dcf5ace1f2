/**
 * The one executable for operator and client. Parses, calls core or the client library, prints. Exit 0 on success,
 * 1 on a refused or failed operation, 2 on wrong usage.
 */
import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.js';
import { appCommand } from './app.js';
import { applyCommand } from './apply.js';
import { backupCommand, restoreCommand } from './backup.js';
import { callCommand } from './call.js';
import { completionCommand } from './completion.js';
import { devCertCommand } from './dev-cert.js';
import { doctorCommand } from './doctor.js';
import { exportCommand } from './export.js';
import { reportFailure, watchOutput } from './failure.js';
import { keysCommand } from './keys.js';
import { loginCommand } from './login.js';
import { serveCommand } from './serve.js';
import { tokenCommand } from './token.js';
import { userCommand } from './user.js';

/** Each file adds its commands to the program, in the order of the help. */
const COMMANDS = [
  serveCommand,
  devCertCommand,
  applyCommand,
  exportCommand,
  userCommand,
  appCommand,
  keysCommand,
  backupCommand,
  restoreCommand,
  doctorCommand,
  tokenCommand,
  loginCommand,
  callCommand,
  completionCommand,
];

async function main(): Promise<void> {
  const program = new Command('sallyport')
    .description('An OAuth 2.0 and OpenID Connect server whose scopes are lists of the endpoints they open')
    .version(VERSION)
    .option('--verbose', 'show the cause of a failure in full, and each HTTP exchange with secrets masked')
    .addHelpText('after', '\nExample:\n  sallyport serve --port 8420')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
    .exitOverride();
  for (const add of COMMANDS) add(program);
  watchOutput();
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError))
      process.exitCode = reportFailure(error, Boolean(program.opts().verbose));
    else if (error.exitCode !== 0) process.exitCode = 2;
  }
}

/** The option parser's complaint, whose suggestion comes on a second line, in the form of every other one. */
function oneLine(text: string): string {
  return `sallyport: ${text
    .replace(/^error: /, '')
    .trim()
    .replaceAll('\n', ' ')}\n`;
}

void main();
