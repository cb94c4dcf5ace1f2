import type { approvals as english } from '../en/approvals.js';
import type { Catalogue } from '../i18n.js';

export const approvals: Catalogue<typeof english> = {
  approvals: {
    approve: 'Ja, das bin ich',
    approved: 'Bestätigt: Die Anmeldung geht dort weiter, wo sie begann',
    began: 'Begonnen',
    changePassword: 'Ändern Sie Ihr Passwort',
    denied: 'Die Anmeldung wurde beendet. Niemand ist hereingekommen.',
    deny: 'Nein, beenden',
    device: 'Auf',
    look: 'Ansehen',
    notYou: 'Waren Sie es nicht, so kennt jemand Ihr Passwort.',
    number: 'Die Zahl, die dort steht',
    numberHint: 'Zwei Ziffern. Eine falsche Zahl beendet die Anmeldung.',
    orCode: 'Oder geben Sie dort diesen Code ein:',
    over: 'Diese Anmeldung ist vorbei.',
    source: 'Von',
    text: 'Jemand meldet sich als Sie an und wartet, dass Sie es hier bestätigen.',
    title: 'Melden Sie sich gerade an?',
    twoDigits: 'Geben Sie die zwei Ziffern ein, die das andere Gerät zeigt.',
    waits_one: 'Eine Anmeldung auf einem anderen Gerät wartet auf Sie.',
    waits_other: '{{count}} Anmeldungen auf anderen Geräten warten auf Sie.',
  },
};
