/** What pg_restore prints of an archive and of its failure, and the address that PostgreSQL's programs are handed. */
import { StoreOpenError } from '../errors.js';

/** How COPY writes what would end a value or a line. @see PostgreSQL, COPY, text format */
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** The rows of the first COPY block in `text`, by their columns; a null is left out. */
export function copiedRows(text: string): Record<string, string>[] {
  const [, columns = '', lines = ''] = /^COPY .+ \((.*)\) FROM stdin;\n([\s\S]*?)^\\\.$/m.exec(text) ?? [];
  const names = columns.split(', ').map((name) => name.replaceAll('"', ''));
  return lines
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const values = line.split('\t').map((value, at) => [names[at] ?? '', value] as const);
      const known = values.filter(([, value]) => value !== '\\N');
      return Object.fromEntries(known.map(([name, value]) => [name, unescaped(value)]));
    });
}

function unescaped(value: string): string {
  return value.replace(/\\(.)/gs, (_, letter: string) => ESCAPES[letter] ?? letter);
}

/** The tables in a list of contents, with the schema each stands in. */
export function listedTables(list: string): { schema: string; table: string }[] {
  return [...list.matchAll(/^\d+; \d+ \d+ TABLE (?!DATA )(\S+) (\S+)/gm)].map(
    ([, schema = '', table = '']) => ({ schema, table }),
  );
}

/** What a program said of its failure: the line that names the error, which its circumstances follow, or the last. */
export function failureOf(program: string, stderr: string): string {
  const lines = stderr.trim().split('\n');
  const said = lines.find((line) => / error: /.test(line)) ?? lines.at(-1) ?? '';
  return said.startsWith(program) ? said : `${program}: ${said}`;
}

/** Parameters of a URL that hold a secret. @see PostgreSQL, libpq, parameter key words */
const SECRET_PARAMETERS = ['password', 'sslpassword'];

/**
 * The URL without its password, which goes by the environment: arguments are shown to every user of a machine. One that
 * is given as a parameter wins, as it does for PostgreSQL's own programs.
 *
 * @throws StoreOpenError for what is no such URL
 */
export function connectionOf(url: string): { shown: string; password: string } {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const parameters = parsed ? parsed.search.slice(1).split('&') : [];
  const given = parameters.filter((parameter) => nameOf(parameter) === 'password').at(-1);
  const password = parsed && decoded(given?.replace(/^[^=]*=?/, '') ?? parsed.password);
  if (!parsed?.host || password === null)
    throw new StoreOpenError('the database URL is not postgres://USER:PASSWORD@HOST:PORT/NAME');
  parsed.password = '';
  parsed.search = parameters.filter((each) => !SECRET_PARAMETERS.includes(nameOf(each) ?? '')).join('&');
  return { shown: parsed.href, password };
}

function nameOf(parameter: string): string | null {
  return decoded(parameter.split('=')[0] ?? '');
}

/** Null for what is not percent-encoded. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
