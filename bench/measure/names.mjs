/**
 * Whether the time of a refused sign-in tells that an account exists: wrong passwords for a known and for an unknown
 * name, by turns, one at a time. Few from each address and fewer than an account has room for, so that each is checked.
 */
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { PERSON } from '../subjects/credentials.mjs';
import { median, percentile } from './statistics.mjs';

const ATTEMPTS = 44;
/** Fewer than the five after which an address is slowed down. */
const PER_ADDRESS = 4;

/** @param {{url: string}} target */
export async function measureNames({ url }) {
  const nobody = `${randomBytes(6).toString('hex')}@bench.test`;
  const times = { known: [], unknown: [] };
  const round = 1 + Math.floor(Math.random() * 250);
  for (let i = 0; i < ATTEMPTS; i++) {
    const from = `127.${round}.1.${1 + Math.floor(i / PER_ADDRESS)}`;
    const names = [
      ['known', PERSON.loginName],
      ['unknown', nobody],
    ];
    for (const [kind, name] of i % 2 ? names : names.reverse())
      times[kind].push(await attempt(url, from, name, `wrong ${i}`));
  }
  // A right password gives the account all its room back, for the next round.
  await attempt(url, `127.${round}.2.1`, PERSON.loginName, PERSON.password);
  return {
    ratio: median(times.unknown) / median(times.known),
    ...figures('known', times.known),
    ...figures('unknown', times.unknown),
  };
}

function figures(kind, times) {
  return {
    [`${kind}Median`]: median(times),
    [`${kind}P10`]: percentile(times, 0.1),
    [`${kind}P90`]: percentile(times, 0.9),
  };
}

/** Milliseconds of the answer; the start, which hashes nothing, is not counted. */
async function attempt(url, from, User, Answer) {
  const { Result } = await post(url, from, '/Security/StartAuthentication', { User, Version: '1.0' });
  const [{ MechanismId }] = Result.Challenges[0].Mechanisms;
  const body = { SessionId: Result.SessionId, MechanismId, Action: 'Answer', Answer };
  const startedAt = performance.now();
  await post(url, from, '/Security/AdvanceAuthentication', body);
  return performance.now() - startedAt;
}

function post(url, localAddress, path, body) {
  return new Promise((resolve, reject) => {
    const { port, host } = new URL(url);
    const headers = { host, 'content-type': 'application/json', 'x-centrify-native-client': '1' };
    const options = { host: '127.0.0.1', port, path, method: 'POST', localAddress, headers };
    const sent = request(options, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(JSON.parse(text)));
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}
