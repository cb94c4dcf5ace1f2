import type { my as english } from '../en/my.js';
import type { Catalogue } from '../i18n.js';

export const my: Catalogue<typeof english> = {
  my: {
    addAuthenticator: 'Authenticator-App hinzufügen',
    appsLead: 'Was Sie hier benutzen dürfen.',
    authenticatorAdded: 'Ihre Authenticator-App ist hinzugefügt',
    cannotScan: 'Können Sie ihn nicht scannen, so tippen Sie dieses Geheimnis in die App:',
    changePassword: 'Passwort ändern',
    clientsHere_one: '{{count}} Client darf hier für Sie handeln',
    clientsHere_other: '{{count}} Clients dürfen hier für Sie handeln',
    code: 'Code',
    codeHint: 'Die sechs Ziffern, die die App jetzt zeigt.',
    confirmation: 'Neues Passwort bestätigen',
    endedElsewhere: 'Überall sonst sind Sie abgemeldet',
    everywhereElse: 'Überall sonst abmelden',
    everywhereElseText_one: '{{count}} andere Sitzung endet sofort. Hier bleiben Sie angemeldet.',
    everywhereElseText_other: '{{count}} andere Sitzungen enden sofort. Hier bleiben Sie angemeldet.',
    factorRemoved: 'Der zweite Faktor ist entfernt',
    factors: 'Zweite Faktoren',
    factorsLead: 'Werden bei der Anmeldung nach dem Passwort verlangt.',
    fault: {
      code: 'Sechs Ziffern.',
      newPassword: 'Geben Sie ein neues Passwort ein.',
      oldPassword: 'Geben Sie Ihr Passwort ein.',
    },
    ifLostOnly:
      'Geht sie verloren, muss die Administration sie entfernen, bevor Sie sich wieder anmelden können.',
    ifLostOther: 'Geht sie verloren, melden Sie sich mit einem anderen Faktor an und entfernen Sie diesen.',
    newPassword: 'Neues Passwort',
    newPasswordHint: 'Mindestens 8 Zeichen. Lang ist besser als seltsam.',
    noApps: 'Noch keine Apps',
    noAppsText: 'Öffnet Ihnen die Administration eine App, so steht sie hier.',
    noClientHere: 'Kein Client darf hier für Sie handeln.',
    noFactors:
      'Wer Ihr Passwort erfährt, kann sich als Sie anmelden. Eine Authenticator-App auf Ihrem Telefon verhindert das.',
    oldPassword: 'Ihr Passwort',
    password: 'Passwort',
    passwordChanged: 'Ihr Passwort ist geändert',
    passwordLead:
      'Ein neues Passwort meldet Sie überall sonst ab, und Clients verlieren, was Sie ihnen erlaubt haben.',
    permissionsLead:
      'Was Sie welchem Client erlaubt haben, und seit wann. Sie können jede Freigabe zurücknehmen.',
    qr: 'QR-Code für Ihre Authenticator-App',
    removeFactor: 'Diesen zweiten Faktor entfernen?',
    removeFactorText: 'Dann genügt Ihr Passwort allein, außer Sie haben einen weiteren Faktor.',
    secret: 'Geheimnis',
    securityLead: 'Womit Sie beweisen, dass Sie es sind.',
    sessionsLead: 'Jeder Browser, der als Sie angemeldet ist. Kennen Sie einen nicht, melden Sie ihn ab.',
    show: 'Zeigen: {{what}}',
    stepCode: 'Geben Sie den Code ein, den sie dann zeigt, und Ihr Passwort.',
    stepScan: 'Scannen Sie das mit einer Authenticator-App auf Ihrem Telefon.',
    turnOn: 'Einschalten',
  },
};
