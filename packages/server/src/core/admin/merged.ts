/** `present` with every key that `declared` holds, at any depth; lists replace whole. */
export function merged(present: object, declared: object): object {
  const known = new Map<string, unknown>(Object.entries(present));
  const parts = Object.entries(declared).map(([key, value]: [string, unknown]) => {
    const old = known.get(key);
    return [key, isSection(value) && isSection(old) ? merged(old, value) : value];
  });
  return { ...present, ...Object.fromEntries(parts) };
}

function isSection(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
