import type { FormArrayElement, LooseKeys, UseFormReturnType } from '@mantine/form';

/** What a `LinesInput` means: its lines without those left empty. */
export function withoutEmptyLines(lines: readonly string[]): string[] {
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

/** Puts a list into a form. The faults of entries that are no longer what they were go, as a single field's do. */
export function putList<Values extends Record<string, unknown>, Path extends LooseKeys<Values> & string>(
  form: UseFormReturnType<Values>,
  path: Path,
  list: readonly FormArrayElement<Values, Path>[],
): void {
  const { value: before, onChange } = form.getInputProps(path);
  onChange(list);
  for (const field of Object.keys(form.errors)) {
    if (!field.startsWith(`${path}.`)) continue;
    const index = Number(field.slice(path.length + 1).split('.', 1)[0]);
    if (before[index] !== list[index]) form.clearFieldError(field);
  }
}
