import type { Page } from '@sallyport/contract';
import type { PageRequest } from '../ports.js';

const AT_ONCE = 200;

/** Every item of a paged list. */
export async function everything<T>(read: (page: PageRequest) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let after: string | undefined;
  do {
    const page = await read({ limit: AT_ONCE, after });
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items;
}
