import type { settings as english } from '../en/settings.js';
import type { Catalogue } from '../i18n.js';

export const settings: Catalogue<typeof english> = {
  settings: {
    absolute: 'Sitzungen enden nach',
    absoluteHint: 'So viel sie auch benutzt wird, in diesem Alter endet eine Sitzung.',
    addSuffix: 'Endung hinzufügen',
    expire: 'Passwörter laufen ab',
    expireAfter: 'Passwörter laufen ab nach',
    expireAfterHint: 'Bei der nächsten Anmeldung danach muss ein neues gewählt werden.',
    expireHint: 'Besser aus: Wer wechseln muss, wählt schlechtere Passwörter.',
    fault: {
      expireAfter: 'Von 1 bis 3650 Tagen.',
      lifetime: 'Von 1 Minute bis 365 Tage.',
      name: 'Geben Sie einen Namen ein.',
      noSuffix: 'Mindestens eine ist nötig: Anmeldenamen enden darauf.',
      remembered: 'Von 0 bis {{most}}.',
      suffix: 'Nur Buchstaben, Ziffern, Punkte und Bindestriche.',
    },
    idle: 'Unbenutzte Sitzungen enden nach',
    idleHint: 'Wer so lange nichts tut, muss sich neu anmelden.',
    keyDoes: {
      active: 'Signiert jedes neue Token und prüft die, die er signiert hat.',
      next: 'Veröffentlicht, damit jedes Programm ihn kennt. Signiert ab dem nächsten Wechsel.',
      retired: 'Signiert nichts mehr. Prüft die Tokens, die vor dem Wechsel ausgestellt wurden.',
    },
    keyId: 'Schlüssel-ID',
    keyMade: 'Erzeugt',
    keyState: { active: 'Signiert jetzt', next: 'Nächster', retired: 'Prüft nur noch' },
    keyUntil: 'verschwindet',
    keys: 'Signaturschlüssel',
    keysLead: 'Einer davon signiert jedes Token. Programme holen die öffentlichen Hälften selbst.',
    lead: 'Was auf diesem Server für alle gilt.',
    name: 'Name',
    nameHint: 'Steht auf der Anmeldeseite und oben in beiden Portalen.',
    remembered: 'Frühere Passwörter, die nicht wiederkommen dürfen',
    rememberedHint: 'Von keinem bis {{most}}; das jetzige nie.',
    rotate: 'Jetzt wechseln',
    rotateText:
      'Ab jetzt signiert der nächste Schlüssel, und ein neuer wird veröffentlicht. Ausgestellte Tokens bleiben gültig: Der jetzige Schlüssel prüft sie, bis sie abgelaufen sind.',
    rotateTitle: 'Signaturschlüssel wechseln?',
    rotated: 'Neue Tokens signiert der nächste Schlüssel',
    saved: 'Die Einstellungen sind gespeichert',
    suffixes: 'Anmelde-Endungen',
    suffixesHint:
      'Was im Anmeldenamen auf das @ folgt. Endet noch ein Anmeldename darauf, kann sie nicht weg.',
    tenant: 'Mandant',
  },
};
