import type { jump as english } from '../en/jump.js';
import type { Catalogue } from '../i18n.js';

export const jump: Catalogue<typeof english> = {
  jump: {
    group: { apps: 'Apps', pages: 'Seiten', roles: 'Rollen', users: 'Benutzer' },
    label: 'Suchen oder springen …',
    newUser: 'Benutzer anlegen',
    results: 'Treffer',
  },
};
