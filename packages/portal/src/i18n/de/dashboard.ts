import type { dashboard as english } from '../en/dashboard.js';
import type { Catalogue } from '../i18n.js';

export const dashboard: Catalogue<typeof english> = {
  dashboard: {
    addFactor: 'Für sich selbst einen zweiten Faktor hinzufügen',
    attention: 'Braucht Aufmerksamkeit',
    checklist: 'Bis zum ersten Token',
    checklistLead: '{{done}} von {{all}} erledigt.',
    denialsRise:
      'In den letzten zwei Stunden wurden viel mehr Anmeldungen, Tokens und Aufrufe abgelehnt als sonst.',
    done: 'Erledigt',
    hide: 'Ausblenden',
    inHour_one: '{{count}} in der Stunde ab {{hour}}',
    inHour_other: '{{count}} in der Stunde ab {{hour}}',
    keyDue: 'Der Signaturschlüssel ist mehr als ein Jahr alt.',
    lastDay: 'Die letzten 24 Stunden',
    lead: 'Was geschah, und was man sich ansehen sollte.',
    measure: { denials: 'Ablehnungen', signIns: 'Anmeldungen', tokens: 'Ausgestellte Tokens' },
    noFactor_one: '{{count}} Systemadministrator meldet sich nur mit einem Passwort an: {{names}}.',
    noFactor_other: '{{count}} Systemadministratoren melden sich nur mit einem Passwort an: {{names}}.',
    nothing: 'Nichts. Alles ist gut.',
    oldClients: '{{name}} lässt alte Clients zu, die benutzen, was heutige Praxis verbietet.',
    peak_one: 'Meiste in einer Stunde: {{count}}, ab {{hour}}',
    peak_other: 'Meiste in einer Stunde: {{count}}, ab {{hour}}',
    quickstart: 'Schnellstart',
    quickstartLater: 'Mit „Überspringen“ wartet diese Liste in der Übersicht und hakt Erledigtes ab.',
    quickstartText:
      'Sechs Schritte führen zu einem Programm, das ein Token für genau die Endpunkte bekommt, die Sie wählen.',
    quiet: 'Keine in dieser Zeit',
    seeApp: 'Zur App',
    seeDenials: 'Zu den Ablehnungen',
    seeKeys: 'Zu den Schlüsseln',
    skip: 'Überspringen',
    start: 'Anfangen',
    step: {
      access: 'Bestimmen, wer die App benutzen darf',
      app: 'Eine OAuth2-Client-App hinzufügen',
      client: 'Einen vertraulichen Client anlegen',
      scope: 'Einen Scope definieren',
      token: 'Ein erstes Token holen',
      usage: 'Bestimmen, welche Clients sie benutzen und wohin sie zurückgeschickt werden',
    },
    stepHint: {
      access: 'Client und Personen in eine Rolle aufnehmen und die Rolle unter „Zugriff“ nennen.',
      app: 'Apps, Web-Apps hinzufügen, Eigene, OAuth2 Client.',
      client: 'Ein Benutzer mit „Ist vertraulicher OAuth-Client“: Der Anmeldename ist die Client-ID.',
      scope: 'Ein Name und die REST-Regexe der Endpunkte, die er öffnet.',
      token: 'Die Einstellungen der App haben fertige Befehle zum Kopieren.',
      usage: 'Art der Client-ID und erlaubte Redirects, unter „Verwendung“.',
    },
  },
};
