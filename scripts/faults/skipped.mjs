/** What this machine does not allow, and why. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export class Skipped extends Error {}

export function needRoot(what) {
  if (process.getuid?.() !== 0) throw new Skipped(`${what} needs root`);
}

function onPath(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, program)).find(existsSync);
}

/** The path of a program or file, from Debian's package where it is not there yet and may be installed. */
export function needFile(find, packageName) {
  const found = find();
  if (found) return found;
  needRoot(`installing ${packageName}`);
  if (!onPath('apt-get')) throw new Skipped(`${packageName} is not installed, and there is no apt-get`);
  console.log(`installing ${packageName} from the system's packages`);
  const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  try {
    execFileSync('apt-get', ['update'], options);
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', packageName], options);
  } catch {
    throw new Skipped(`${packageName} could not be installed`);
  }
  const installed = find();
  if (!installed) throw new Skipped(`${packageName} did not bring what is needed`);
  return installed;
}

export const needProgram = (program, packageName = program) => needFile(() => onPath(program), packageName);
