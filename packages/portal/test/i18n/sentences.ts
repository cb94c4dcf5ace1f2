/** Every sentence that the server's administration and the contract can refuse with, read from their sources. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Stands in for whatever a sentence is completed with: a name, a list and a number alike. */
const VALUE = '7';

const packages = fileURLToPath(new URL('../../..', import.meta.url));
const contract = 'contract/src';
const administration = 'server/src/core/admin';

const FOLDERS = [contract, administration];
const FILES = [
  'server/src/core/directory.ts',
  'server/src/core/errors.ts',
  'server/src/core/login/credentials.ts',
  'server/src/core/login/factors.ts',
  'server/src/core/login/own-password.ts',
  'server/src/http/admin/errors.ts',
  'server/src/http/admin/logos.ts',
  'server/src/http/errors.ts',
  'server/src/http/rate-limit.ts',
  'server/src/kit/raster-image.ts',
  'server/src/store/pages.ts',
];
/** Files whose functions answer a sentence. */
const ANSWERING = [
  `${contract}/redirect-uri.ts`,
  'server/src/core/login/password-life.ts',
  'server/src/core/login/password-policy.ts',
  'server/src/core/scope-patterns.ts',
];
/** Files with notes beside refusals: whatever has so many words is one. */
const NOTING = [`${administration}/restore.ts`, `${administration}/restorers.ts`];

/** Makes the roles that every tenant is born with: lists show their descriptions. */
const BIRTH = `${administration}/bootstrap.ts`;

/** Which argument of a call or of `new` is for people, by the name of what is called. */
const ARGUMENT: Record<string, number> = {
  'AdminError.invalid': 1,
  AdminError: 1,
  HttpRefusal: 1,
  PictureFault: 0,
  Unavailable: 0,
  UnjudgeablePath: 0,
  refine: 1,
  regex: 1,
  sendProblem: 3,
};
/** Sentences with a word in a gap that decides how they are translated, with each of those words. */
const COMPLETED: Record<string, string[]> = {
  [`there is no ${VALUE} "${VALUE}"`]: ['role', 'app'].map((kind) => `there is no ${kind} "${VALUE}"`),
};
/** Sentences that the portal does not show: what a missing object and a changed one mean it says itself. */
const UNSHOWN = new Set([
  `${VALUE} does not exist`,
  'there is no such resource',
  'somebody else changed it meanwhile; read it again',
  'its password was changed meanwhile',
  // Before there is anybody to sign in.
  'no tenant is set up yet',
]);

/** The sentences, each once. */
export function sentencesOfServer(): string[] {
  const found = new Set<string>();
  const listed = FOLDERS.flatMap((folder) =>
    readdirSync(`${packages}${folder}`).map((file) => `${folder}/${file}`),
  );
  for (const path of [...listed, ...FILES, ...ANSWERING])
    for (const node of nodesOf(path)) {
      const spoken = spokenBy(node, ANSWERING.includes(path));
      for (const sentence of spoken.flatMap(sentencesIn)) found.add(sentence);
      if (NOTING.includes(path)) for (const note of notesIn(node)) found.add(note);
    }
  return [...found]
    .filter((sentence) => !UNSHOWN.has(sentence))
    .flatMap((sentence) => COMPLETED[sentence] ?? sentence);
}

function* nodesOf(path: string): Generator<ts.Node> {
  const text = readFileSync(`${packages}${path}`, 'utf8');
  const waiting: ts.Node[] = [ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    yield node;
    ts.forEachChild(node, (child) => {
      waiting.push(child);
    });
  }
}

/** The expressions at `node` that become a sentence. */
function spokenBy(node: ts.Node, answers: boolean): ts.Expression[] {
  const isOfRole = node.getSourceFile().fileName === BIRTH;
  if (ts.isPropertyAssignment(node))
    return (isOfRole ? /^description$/ : /^(?:message|error)$/).test(node.name.getText())
      ? [node.initializer]
      : [];
  if (ts.isVariableDeclaration(node) && node.name.getText() === 'message' && node.initializer)
    return [node.initializer];
  if (answers && ts.isReturnStatement(node) && node.expression) return [node.expression];
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return [];
  const callee = node.expression.getText();
  const index = ARGUMENT[callee] ?? ARGUMENT[callee.replace(/^.*\./s, '')];
  const argument = index === undefined ? undefined : node.arguments?.[index];
  return argument ? [argument] : [];
}

function sentencesIn(expression: ts.Expression): string[] {
  if (ts.isConditionalExpression(expression))
    return [expression.whenTrue, expression.whenFalse].flatMap(sentencesIn);
  const text = textOf(expression);
  return text !== null && /[a-z]/.test(text.replaceAll(VALUE, '')) ? [text] : [];
}

function notesIn(node: ts.Node): string[] {
  if (ts.isNewExpression(node.parent ?? node) || !ts.isExpression(node)) return [];
  const text = textOf(node);
  return text !== null && text.split(' ').length > 5 ? [text] : [];
}

/** What a literal says, with {@link VALUE} in the gaps of a template; null for any other expression. */
function textOf(node: ts.Node): string | null {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return null;
  return node.head.text + node.templateSpans.map(({ literal }) => VALUE + literal.text).join('');
}
