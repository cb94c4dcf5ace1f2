// The table of attacks as one page that people can read: docs/attacks.md.
import { fileURLToPath } from 'node:url';

const TABLE = fileURLToPath(new URL('../packages/server/test/attacks/all.ts', import.meta.url));
/** Characters of a request that are shown. */
const SHOWN = 400;

const INTRODUCTION = `Every row is sent over HTTP to a real server, on SQLite and on PostgreSQL, by \`npm test\`. Beside what a row expects, each
answer must come within a second, be no 5xx and show nothing of the program's inside; nothing may reach an inner
address; and the next valid request must work.

The rows are written in \`packages/server/test/attacks/cases\`. An id that begins with a letter and two digits is one of
the list of cases that the project began with, one that begins with \`advisory\` stands for an advisory of another server
with the same class of fault; the others are made from lists, a row for each setting. A bare number in the last column
is an RFC. \`{name}\` in a request is filled in when it is sent: a code, a token, a session, the address of a server that
must never be asked. A request to \`/oauth2/authorize\` is a signed-in user's, with the parameters of a good request; what
is shown, decoded, is what differs from that one.

| Expected | means |
|---|---|
| \`EP\` | an error page of our own with status 400, and no redirect |
| \`ER error\` | a redirect to the registered URI with that error, \`state\` and \`iss\` |
| \`TE error\` | 400 with that error as JSON |
| \`IC\` | 401 \`invalid_client\` |
| \`INACTIVE\` | \`{"active":false}\` and nothing else |
| \`FAILED\` | the vendor's envelope with \`success: false\` |
| \`ONCE\` | of all the answers exactly one is a success |
| \`SAME member\` | all successes say the same there |
| as text | the page shows the text, escaped wherever it stands |
| as JSON | the answer holds the text, is JSON, and forbids browsers to think otherwise |
`;

/** The table, from its sources. */
async function table() {
  const { rolldown } = await import('rolldown');
  const build = await rolldown({
    input: TABLE,
    platform: 'node',
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  });
  const { output } = await build.generate({ format: 'esm' });
  await build.close();
  return import(`data:text/javascript;base64,${Buffer.from(output[0].code).toString('base64')}`);
}

/** As code in a cell: long runs of one character counted, what cannot be seen spelled out. */
function code(text) {
  const told = text
    .replace(/(.)\1{24,}/gsu, (run, one) => `${one}… ${[...run].length} times`)
    .replace(
      /[\p{Cc}\p{Cf}\p{Cs}\ufffd]/gu,
      (one) => `\\u${one.codePointAt(0).toString(16).padStart(4, '0')}`,
    );
  const short = told.length > SHOWN ? `${told.slice(0, SHOWN)}…` : told;
  const fence = short.includes('`') ? '``' : '`';
  const room = short.startsWith('`') || short.endsWith('`') ? ' ' : '';
  return `${fence}${room}${short.replaceAll('|', '\\|')}${room}${fence}`;
}

function bodyOf({ form, json, body }) {
  if (body !== undefined) return Buffer.from(body).toString('utf8');
  if (form)
    return (Array.isArray(form) ? form : Object.entries(form)).map((pair) => pair.join('=')).join('&');
  return json === undefined ? '' : JSON.stringify(json);
}

/** Of an authorization request what differs from `usual`; any other as it is. */
function lineOf({ line, headers }, usual) {
  const [, path, query] = /^(GET \/oauth2\/authorize\/\w+)\?(.*)$/s.exec(line) ?? [];
  if (query === undefined || headers?.cookie !== SIGNED_IN.cookie) return [line];
  const pairs = query.split('&').map((pair) => decoded(pair.replace('=', ' ')).split(' '));
  const told = pairs.map(([name, ...rest]) => [name, rest.join(' ')]);
  const count = (name) => told.filter(([other]) => other === name).length;
  const changed = told.filter(([name, value]) => usual[name] !== value || count(name) > 1);
  const absent = Object.keys(usual).filter((name) => count(name) === 0);
  return [
    [path, ...changed.map((pair) => pair.join('='))].join(' '),
    ...absent.map((name) => `without ${name}`),
  ];
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Headers of a signed-in user's browser. */
const SIGNED_IN = { cookie: '{cookie}', accept: 'text/html' };

/** One request, as code. */
function sent(asked, usual) {
  const isUsual = ([name, value]) => lineOf(asked, usual)[0] !== asked.line && SIGNED_IN[name] === value;
  const headers = Object.entries(asked.headers ?? {})
    .filter((header) => !isUsual(header))
    .map(([name, value]) => `${name}: ${value}`);
  return [...lineOf(asked, usual), ...headers, bodyOf(asked)]
    .filter((part) => part !== '')
    .map(code)
    .join(' ');
}

/** What a row sends, with what goes before it. */
function request(asked, usual) {
  const first = [...(asked.given ?? []), ...(asked.before ?? [])].map((step) => sent(step, usual));
  const times = asked.times === undefined ? '' : `, ${asked.times} times at once`;
  return `${[...first, sent(asked, usual)].join(', then ')}${times}`;
}

function expected(wanted) {
  if (typeof wanted === 'string') return code(wanted);
  if (typeof wanted === 'number') return String(wanted);
  if (Array.isArray(wanted)) return wanted.join(' or ');
  if ('escaped' in wanted) return `${code(wanted.escaped)} as text`;
  if ('json' in wanted) return `${code(wanted.json)} as JSON`;
  return [
    wanted.status?.join(' or '),
    wanted.has && `has ${code(String(wanted.has))}`,
    wanted.lacks && `lacks ${code(String(wanted.lacks))}`,
  ]
    .filter(Boolean)
    .join(', ');
}

/** Markdown. */
export async function attacksPage(generated) {
  const { GROUPS, USUAL } = await table();
  const sections = Object.entries(GROUPS).map(([title, attacks]) => {
    const rows = attacks.map(
      ([id, asked, wanted, source]) =>
        `| ${id} | ${request(asked, USUAL)} | ${expected(wanted)} | ${source.replaceAll('|', '\\|')} |`,
    );
    return `## ${title}\n\n| Id | Request | Expected | Source |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `${generated}\n\n# Attacks\n\n${INTRODUCTION}\n${sections.join('\n')}`;
}
