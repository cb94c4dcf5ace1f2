import type { account as english } from '../en/account.js';
import type { Catalogue } from '../i18n.js';

export const account: Catalogue<typeof english> = {
  account: {
    client: 'Client',
    device: '{{program}} auf {{system}}',
    end: 'Abmelden',
    endText: '{{device}} an {{source}} wird sofort abgemeldet.',
    endTitle: 'Diese Sitzung abmelden?',
    endWhat: '{{what}} abmelden',
    ended: 'Die Sitzung ist beendet',
    ends: 'endet',
    enrolled: 'Hinzugefügt',
    from: 'Von {{source}}',
    lastSeen: 'zuletzt gesehen',
    mechanism: { OATH: 'Authenticator-App', RESET: 'Neues Passwort', UP: 'Passwort' },
    noPermissions: 'Nichts freigegeben',
    noPermissionsText: 'Darf ein Client für diesen Benutzer handeln, so steht er hier.',
    noScope: 'Nur wer der Benutzer ist',
    noSessions: 'Nirgends angemeldet',
    noSessionsText: 'Jeder Browser, der sich anmeldet, steht hier.',
    permissions: 'Freigaben',
    remembered: 'Gemerkt',
    revoke: 'Zurücknehmen',
    revokeText:
      '{{client}} verliert den Zugang zu {{app}} für diesen Benutzer. Seine Tokens gelten nicht mehr, und es muss wieder fragen.',
    revokeTitle: 'Diese Freigabe zurücknehmen?',
    revokeWhat: 'Zurücknehmen, was {{client}} bei {{app}} darf',
    revoked: '{{client}} hat die Freigabe verloren',
    sessions: 'Sitzungen',
    signedIn: 'Angemeldet',
    since: 'Seit',
    thisSession: 'Dieser Browser',
    unknownDevice: 'Unbekanntes Programm',
    until: 'Tokens enden',
  },
};
