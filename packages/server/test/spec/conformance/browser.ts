/** A browser without script, as the certification suite has one: it keeps cookies, follows redirects, posts forms. */

/** Where a walk ends: a page of the server, or an answer that reached an address of the client. */
export interface Stop {
  status: number;
  /** Pages of the server by the buttons they showed on the way, such as `signin`. */
  shown: readonly string[];
  html: string;
  /** Addresses that a page loaded in frames on the way. */
  frames: readonly string[];
  /** The client's address that was reached, without query and fragment; null for a page of the server. */
  reached: string | null;
  query: URLSearchParams;
  fragment: URLSearchParams;
  /** Fields of the form that was posted to the client. */
  form: URLSearchParams;
}

/** What to do on a page that shows a button: fields to fill in; null stops there. */
export type Answers = Readonly<Record<string, Readonly<Record<string, string>> | null>>;

export interface Browser {
  /** Opens an address and goes on, answering pages by their buttons, until there is nothing to answer. */
  open(url: string, answers: Answers, init?: RequestInit): Promise<Stop>;
}

const MOST_STEPS = 20;
/** Buttons a page may be answered by, in the order in which they are looked for. */
const BUTTONS = ['signin', 'allow', 'continue', 'logout-yes'];

export function createBrowser(origin: string): Browser {
  const jar = new Map<string, string>();

  async function load(url: URL, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('accept', 'text/html');
    headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  return {
    async open(start, answers, first = {}) {
      const shown: string[] = [];
      const frames: string[] = [];
      let [url, init] = [new URL(start, origin), first];
      for (let step = 0; step < MOST_STEPS; step++) {
        if (url.origin !== origin) return { ...reached(url, init, shown), frames };
        const response = await load(url, init);
        const location = response.headers.get('location');
        const html = await response.text();
        if (location !== null) {
          [url, init] = [new URL(location, url), {}];
          continue;
        }
        for (const frame of html.match(/<iframe[^>]*>/g) ?? []) frames.push(attribute(frame, 'src'));
        const refresh = /<meta http-equiv="refresh"[^>]*>/.exec(html);
        if (refresh) {
          const target = attribute(refresh[0], 'content').replace(/^\d+;url=/, '');
          [url, init] = [new URL(target, url), {}];
          continue;
        }
        const button = BUTTONS.find((id) => html.includes(`id="${id}"`));
        if (button) shown.push(button);
        const fields = button === 'continue' ? {} : button && answers[button];
        if (!button || !fields) return stop({ status: response.status, shown, html, frames });
        const form = formAround(html, button);
        const body = new URLSearchParams({ ...form.fields, ...fields });
        [url, init] = [new URL(form.action, url), { method: 'POST', body }];
      }
      throw new Error(`more than ${MOST_STEPS} steps from ${start}`);
    },
  };
}

function reached(url: URL, { body }: RequestInit, shown: readonly string[]): Stop {
  const form = body instanceof URLSearchParams ? body : new URLSearchParams();
  const fragment = new URLSearchParams(url.hash.slice(1));
  const at = `${url.origin}${url.pathname}`;
  return stop({ status: 200, shown, reached: at, query: url.searchParams, fragment, form });
}

function stop(known: Partial<Stop>): Stop {
  const none = new URLSearchParams();
  return {
    status: 0,
    shown: [],
    html: '',
    frames: [],
    reached: null,
    query: none,
    fragment: none,
    form: none,
    ...known,
  };
}

/** Target and filled-in fields of the form that holds the button, the button's own value too. */
function formAround(html: string, button: string): { action: string; fields: Record<string, string> } {
  const form = html.match(/<form[\s\S]*?<\/form>/g)?.find((text) => text.includes(`id="${button}"`)) ?? '';
  const fields: Record<string, string> = {};
  for (const tag of form.match(/<(input|button)[^>]*>/g) ?? []) {
    const isOtherButton = tag.startsWith('<button') && !tag.includes(`id="${button}"`);
    if (/type="checkbox"/.test(tag) || isOtherButton) continue;
    const name = attribute(tag, 'name');
    if (name !== '') fields[name] = attribute(tag, 'value');
  }
  return { action: attribute(form, 'action'), fields };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', quot: '"', lt: '<', gt: '>', '#39': "'" };

function attribute(tag: string, name: string): string {
  const [, raw = ''] = new RegExp(`\\s${name}="([^"]*)"`).exec(tag) ?? [];
  return raw.replace(/&(#?\w+);/g, (whole, entity: string) => ENTITIES[entity] ?? whole);
}
