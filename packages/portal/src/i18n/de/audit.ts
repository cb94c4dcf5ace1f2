import type { audit as english } from '../en/audit.js';
import type { Catalogue } from '../i18n.js';

export const audit: Catalogue<typeof english> = {
  audit: {
    client: 'Client {{client}}',
    clientOfApp: '{{client}} von {{app}}',
    correlationId: 'Korrelations-ID',
    emptyText: 'Hier stehen Anmeldungen, Tokens und Ablehnungen, sobald sie geschehen.',
    emptyTitle: 'Noch ist nichts geschehen',
    event: {
      authorizeDenied: 'Autorisierung abgelehnt',
      callDenied: 'Aufruf abgelehnt',
      consentAllowed: 'Freigabe erteilt',
      consentDenied: 'Freigabe verweigert',
      loginFailure: 'Anmeldung gescheitert',
      loginChallenge: 'Nachweis für die Verwaltung erbracht',
      loginSuccess: 'Angemeldet',
      logout: 'Abgemeldet',
      logoutUndelivered: 'Client erfuhr nicht von einer Abmeldung',
      tokenDenied: 'Token abgelehnt',
      tokenIssued: 'Token ausgestellt',
      tokenReuse: 'Verbrauchtes Token kam wieder',
      tokenRevoked: 'Token widerrufen',
    },
    everything: 'Alles',
    group: { denials: 'Ablehnungen', signIns: 'Anmeldungen', tokens: 'Tokens' },
    groups: 'Zusammen',
    lead: 'Anmeldungen, Tokens und Ablehnungen mit dem Grund.',
    search: 'Nach Person, Client, Grund oder Korrelations-ID suchen',
    source: 'Von',
    typeLabel: 'Zeigen',
    types: 'Eine Art',
    what: 'Was geschah',
    when: 'Wann',
    who: 'Wer',
  },
};
