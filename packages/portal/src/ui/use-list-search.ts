import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';

/** What a list keeps in the address: it can be sent to a colleague and survives *Back*. */
export interface ListSearch {
  search?: string;
  /** Cursor of the page shown; absent on the first. */
  after?: string;
}

/** Reads `ListSearch` from an address, dropping what is not of its shape. */
export function listSearch(raw: Record<string, unknown>): ListSearch {
  const found: ListSearch = {};
  if (typeof raw.search === 'string' && raw.search !== '') found.search = raw.search;
  if (typeof raw.after === 'string') found.after = raw.after;
  return found;
}

/** Reads a list's place and the filters named, whose values the list judges. */
export function listSearchWith<Name extends string>(...filters: Name[]) {
  return (raw: Record<string, unknown>): ListSearch & { [Filter in Name]?: string } => {
    const given = filters.filter((name) => typeof raw[name] === 'string' && raw[name] !== '');
    const kept = Object.fromEntries(given.map((name) => [name, raw[name]]));
    return { ...listSearch(raw), ...kept };
  };
}

/** The list's place in the address, with the moves from page to page. */
export function useListSearch() {
  const { search, after }: ListSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const [trail, setTrail] = useState<(string | undefined)[]>([]);

  const go = (cursor: string | undefined) =>
    navigate({ to: '.', search: (old) => ({ ...old, after: cursor }), resetScroll: true });

  return {
    search,
    after,
    pageNumber: after === undefined ? 1 : trail.length > 0 ? trail.length + 1 : undefined,
    find(words: string) {
      setTrail([]);
      const search = words === '' ? undefined : words;
      return navigate({ to: '.', search: (old) => ({ ...old, search, after: undefined }), replace: true });
    },
    next(cursor: string) {
      setTrail([...trail, after]);
      return go(cursor);
    },
    previous() {
      setTrail(trail.slice(0, -1));
      return go(trail.at(-1));
    },
  };
}
