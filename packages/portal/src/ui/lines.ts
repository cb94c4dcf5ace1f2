/** What a `LinesInput` means: its lines without those left empty. */
export function withoutEmptyLines(lines: readonly string[]): string[] {
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}
