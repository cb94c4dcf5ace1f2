import type { tryIt as english } from '../en/try-it.js';
import type { Catalogue } from '../i18n.js';

export const tryIt: Catalogue<typeof english> = {
  tryIt: {
    addRedirect:
      'Tragen Sie {{address}} unter Allow Redirects ein, dann kommt die Antwort von selbst auf diese Seite zurück. Sonst fügen Sie die Adresse ein, auf die Sie geleitet wurden.',
    address: 'Adresse, auf die Sie geleitet wurden',
    anew: 'Neu anmelden',
    anewHelp: 'Wer sich als jemand anderes anmeldet, beendet die eigene Sitzung in diesem Browser.',
    call: 'API aufrufen',
    callLead:
      'Ein beliebiger Pfad dieses Servers, mit dem Token und sonst nichts. Seine Scopes entscheiden, dann die Rechte des Benutzers.',
    callNow: 'Aufrufen',
    clientId: 'Client-ID',
    closed: 'Das Fenster wurde geschlossen, bevor eine Antwort kam.',
    decoded: 'Access-Token, entschlüsselt',
    deviceText: 'Geben Sie diesen Code auf einem anderen Gerät oder hier in einem anderen Tab ein:',
    deviceTitle: 'Wartet auf ein anderes Gerät',
    elsewhere: 'Anmelden und zurückkommen',
    elsewhereText:
      'Der Redirect ist keine Adresse dieses Servers, daher sieht diese Seite nicht, wohin Sie geleitet wurden.',
    grant: 'Verfahren',
    idToken: 'ID-Token, entschlüsselt',
    introspect: 'Den Server danach fragen',
    introspected: 'Was der Server dazu sagt',
    lead: 'Läuft gegen eben diesen Server. Was Sie eingeben, bleibt auf dieser Seite und ist fort, wenn Sie sie verlassen.',
    nothingYet: 'Noch kam nichts. Führen Sie ein Verfahren aus.',
    opaque: 'Das Token ist undurchsichtig: Nur der Server weiß, was es wert ist.',
    openSignIn: 'Anmeldeseite öffnen',
    otherState: 'Der State ist nicht der gesendete: Die Antwort gehört zu einer anderen Anfrage.',
    password: 'Passwort des Benutzers',
    record: 'Diese App 15 Minuten aufzeichnen',
    redirect: 'Redirect',
    refresh: 'Erneuern',
    refused: 'Der Server hat abgelehnt',
    run: 'Ausführen',
    scopeHelp: 'Namen mit Leerzeichen dazwischen. Leer für die Vorgabe der App.',
    secret: 'Client-Secret',
    secretHelp: 'Das Passwort des vertraulichen Clients.',
    secretOptional: 'Leer für einen öffentlichen Client.',
    takeAddress: 'Übernehmen',
    token: 'Token',
    tokenLead: 'Scope {{scope}}, gilt {{seconds}} Sekunden.',
    trafficLead: 'Was Browser, Server und Client-Programm einander sagen.',
    username: 'Benutzername des Benutzers',
  },
};
