// As much of a browser as a sign-in needs: cookies, redirects, plain forms. The pages work without script, so this
// does too.

/** A page that was reached, with its one form if there is any. */
function readPage(url, html) {
  const form = /<form\b([^>]*)>(.*?)<\/form>/is.exec(html);
  const tags = (name) =>
    [...(form?.[2] ?? '').matchAll(new RegExp(`<${name}\\b([^>]*)>`, 'gi'))].map(([, tag]) => tag);
  const inputs = tags('input').map(readAttributes);
  const buttons = tags('button').map(readAttributes);
  const visible = inputs.filter(({ type }) => type !== 'hidden').map(({ name }) => name);
  return {
    url,
    hasForm: form !== null,
    /** What the form asks for, in words. */
    asks: visible.join(' and ') || buttons.map(({ id }) => id).join(' or '),
    form: { ...readAttributes(form?.[1] ?? ''), inputs, buttons },
  };
}

function readAttributes(tag) {
  const pairs = [...tag.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [
    name.toLowerCase(),
    decode(value),
  ]);
  return Object.fromEntries(pairs);
}

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };

function decode(text) {
  return text.replace(/&(#?\w+);/g, (entity, name) => ENTITIES[name] ?? entity);
}

export function createScriptedBrowser() {
  const cookies = new Map();

  async function request(url, init) {
    const jar = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { accept: 'text/html', cookie: jar, ...init?.headers };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    return location ? request(new URL(location, url).href) : readPage(url, await response.text());
  }

  return {
    /** Follows redirects to the page they end at. */
    open: (url) => request(url),
    /** Fills in what the form asks for, presses a button (by id, if the form has it), and follows. */
    submit: ({ url, form }, answers, buttonId) => {
      const fields = new URLSearchParams();
      for (const { name, value = '', type } of form.inputs)
        if (name && type !== 'checkbox')
          fields.set(name, type === 'hidden' ? value : (answers[name] ?? value));
      const pressed = form.buttons.find(({ id }) => id === buttonId) ?? form.buttons[0];
      if (pressed?.name) fields.set(pressed.name, pressed.value ?? '');
      const target = new URL(pressed?.formaction ?? form.action ?? url, url);
      return request(target.href, {
        method: 'POST',
        body: fields,
        headers: { origin: new URL(url).origin },
      });
    },
  };
}
