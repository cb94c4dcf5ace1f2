/**
 * A declarative file as text: read from YAML or JSON, `${NAME}` taken from the environment, and every fault, of the
 * text or of what it says, led back to the line it stands in.
 */
import { readFile } from 'node:fs/promises';
import {
  type Alias,
  type Document,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { FieldFault } from '../core/errors.js';
import { CliFailure } from './failure.js';
import { readStandardInput } from './prompt.js';

const TOO_DEEP = 'it nests too deep';

export interface DeclarationFile {
  readonly value: unknown;
  /** The one line that says what is refused and where it stands. */
  fault(faults: readonly FieldFault[]): CliFailure;
}

/** Reads a file, or standard input for `-`. Throws {@link CliFailure} naming file and line. */
export async function readDeclarationFile(
  path: string,
  environment: NodeJS.ProcessEnv,
): Promise<DeclarationFile> {
  const name = path === '-' ? 'standard input' : path;
  return parseDeclaration(name, await readText(path), environment);
}

async function readText(path: string): Promise<string> {
  try {
    return path === '-' ? await readStandardInput() : await readFile(path, 'utf8');
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new CliFailure(`${path}: ${missing ? 'no such file' : 'cannot be read'}`, { cause });
  }
}

/** The same for a text at hand; `name` stands in front of every fault. */
export function parseDeclaration(
  name: string,
  text: string,
  environment: NodeJS.ProcessEnv,
): DeclarationFile {
  try {
    return parsed(name, text, environment);
  } catch (cause) {
    // The call stack is at its end.
    if (cause instanceof RangeError) throw new CliFailure(`${name}:1: ${TOO_DEEP}`, { cause });
    throw cause;
  }
}

function parsed(name: string, text: string, environment: NodeJS.ProcessEnv): DeclarationFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const [broken] = document.errors;
  if (broken) {
    const reason = broken.code === 'RESOURCE_EXHAUSTION' ? TOO_DEEP : broken.message;
    throw new CliFailure(`${name}:${lineAt(broken.pos[0])}: ${reason}`);
  }
  if (!isMap(document.contents))
    throw new CliFailure(`${name}:1: expected top keys such as "apps:" or "users:"`);
  const unset = fillIn(document, environment);
  if (unset) throw new CliFailure(`${name}:${lineAt(unset.offset)}: ${unset.reason}`);
  return {
    value: unfolded(document, (offset) => `${name}:${lineAt(offset)}`),
    fault: ([first, ...others]) => {
      const { key, offset } = locate(document, first?.field ?? '');
      const more = others.length > 0 ? ` (and ${others.length} more)` : '';
      return new CliFailure(`${name}:${lineAt(offset)}: ${key}: ${first?.message}${more}`);
    },
  };
}

/** What the document says. Throws where an alias has no anchor, or aliases unfold to far more than was written. */
function unfolded(document: Document, placeOf: (offset: number) => string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    if (cause instanceof RangeError) throw cause;
    const aliases: Alias[] = [];
    visit(document, {
      Alias: (_, node) => {
        aliases.push(node);
      },
    });
    const culprit = aliases.find((alias) => !alias.resolve(document)) ?? aliases[0];
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliFailure(`${placeOf(offsetOf(culprit))}: ${reason}`, { cause });
  }
}

/** Replaces `${NAME}` in every value, and `$${` by `${`; answers the first that cannot be. */
function fillIn(
  document: Document,
  environment: NodeJS.ProcessEnv,
): { offset: number; reason: string } | null {
  let fault: { offset: number; reason: string } | null = null;
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || typeof node.value !== 'string') return undefined;
      node.value = node.value.replace(/\$\$\{|\$\{([^}]*)\}?/g, (found, variable: string | undefined) => {
        if (variable === undefined) return '${';
        const value = environment[variable];
        if (value !== undefined) return value;
        const reason = /^[A-Za-z_]\w*$/.test(variable)
          ? `the environment variable ${variable} is not set`
          : `"${found}" names no environment variable; write $$\{ for a plain $\{`;
        fault ??= { offset: offsetOf(node), reason };
        return found;
      });
      return undefined;
    },
  });
  return fault;
}

/** The reverse of filling in, for a value that is written into a file. */
export function escapeVariables(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${');
  if (Array.isArray(value)) return value.map(escapeVariables);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, escapeVariables(part)]));
}

/** Where a field such as `apps.0.tokens.lifetime` stands: as deep as the document goes towards it. */
function locate(document: Document, field: string): { key: string; offset: number } {
  const path = field.split(/[.[\]/]+/).filter(Boolean);
  let node: unknown = document.contents;
  let offset = offsetOf(node);
  for (const step of path) {
    const next = stepInto(node, step);
    if (!next) break;
    ({ node, offset } = next);
  }
  const key = path.reduce((text, step) => (/^\d+$/.test(step) ? `${text}[${step}]` : `${text}.${step}`), '');
  return { key: key.replace(/^\./, '') || 'the file', offset };
}

/** The value under a key, with the offset of the key; or the item at an index. */
function stepInto(node: unknown, step: string): { node: unknown; offset: number } | null {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
    return pair ? { node: pair.value, offset: offsetOf(pair.key) } : null;
  }
  const items: unknown = node && typeof node === 'object' && 'items' in node ? node.items : null;
  const item: unknown = Array.isArray(items) ? items[Number(step)] : undefined;
  return item === undefined ? null : { node: item, offset: offsetOf(item) };
}

function offsetOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}
