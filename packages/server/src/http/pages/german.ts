/** The pages' second language: every sentence that they say, by its English wording, with what core tells people. */
export const GERMAN = {
  // The first step
  'Sign in': 'Anmelden',
  'Use the name and password of your account.': 'Mit Namen und Passwort Ihres Kontos.',
  'User name': 'Benutzername',
  Password: 'Passwort',
  'Keep me signed in': 'Angemeldet bleiben',
  'Forgot your password?': 'Passwort vergessen?',
  'Enter your name and your password.': 'Geben Sie Ihren Namen und Ihr Passwort ein.',
  'That did not work. Check it and try again.':
    'Das hat nicht geklappt. Prüfen Sie die Eingabe, dann noch einmal.',
  'That answer was not right, and the sign-in has ended. Start again with your password.':
    'Die Antwort war nicht richtig, und die Anmeldung ist beendet. Beginnen Sie wieder mit Ihrem Passwort.',
  'Show the password': 'Passwort zeigen',
  'Caps lock is on.': 'Die Feststelltaste ist an.',
  'The code has six digits.': 'Der Code hat sechs Ziffern.',
  'The code has ten letters and digits.': 'Der Code hat zehn Buchstaben und Ziffern.',
  'That sign-in has expired. Start again.': 'Diese Anmeldung ist abgelaufen. Beginnen Sie von vorn.',
  'Signing in is not possible right now. Try again in a moment.':
    'Die Anmeldung ist gerade nicht möglich. Versuchen Sie es gleich noch einmal.',
  // Later steps
  'One more step': 'Noch ein Schritt',
  'One more step.': 'Noch ein Schritt.',
  'How do you want to confirm that it is you?': 'Wie möchten Sie bestätigen, dass Sie es sind?',
  'not you?': 'nicht Sie?',
  Continue: 'Weiter',
  'Use my passkey': 'Passkey verwenden',
  'Use another way': 'Anderer Weg',
  'Send again': 'Noch einmal senden',
  'Call again': 'Noch einmal anrufen',
  'Another number': 'Andere Zahl',
  'I have confirmed it': 'Ich habe bestätigt',
  'I have opened the link': 'Ich habe den Link geöffnet',
  'It is not confirmed yet. Confirm it, then go on.': 'Noch nicht bestätigt. Erst bestätigen, dann weiter.',
  'Remember this device': 'Dieses Gerät merken',
  'Open your authenticator app and type the code it shows.':
    'Öffnen Sie Ihre Authenticator-App und geben Sie den Code ein, den sie zeigt.',
  'On a device where you are signed in, open this page (or scan it) and type the number there.':
    'Öffnen Sie auf einem Gerät, auf dem Sie angemeldet sind, diese Seite (oder scannen Sie sie) und geben Sie dort die Zahl ein.',
  'Number to type on the other device': 'Zahl, die Sie auf dem anderen Gerät eingeben',
  'QR code of {address}': 'QR-Code von {address}',
  'Use the passkey or security key that you added to your account.':
    'Verwenden Sie den Passkey oder Sicherheitsschlüssel, der zu Ihrem Konto gehört.',
  'Answer all of your security questions.': 'Beantworten Sie alle Ihre Sicherheitsfragen.',
  'Type one of the codes that you wrote down. Each works once.':
    'Geben Sie einen der Codes ein, die Sie aufgeschrieben haben. Jeder gilt einmal.',
  'Choose a new password to go on.': 'Wählen Sie ein neues Passwort, um fortzufahren.',
  'A mail is on its way. Type its code, or open its link.':
    'Eine Mail ist unterwegs. Geben Sie ihren Code ein, oder öffnen Sie ihren Link.',
  'A mail is on its way to {address}. Type its code, or open its link.':
    'Eine Mail ist unterwegs an {address}. Geben Sie ihren Code ein, oder öffnen Sie ihren Link.',
  'A text message is on its way. Type its code, or open its link.':
    'Eine SMS ist unterwegs. Geben Sie ihren Code ein, oder öffnen Sie ihren Link.',
  'A text message is on its way to {address}. Type its code, or open its link.':
    'Eine SMS ist unterwegs an {address}. Geben Sie ihren Code ein, oder öffnen Sie ihren Link.',
  'You are being called. Take the call and confirm it.':
    'Sie werden angerufen. Nehmen Sie den Anruf an und bestätigen Sie.',
  'You are being called at {address}. Take the call and confirm it.':
    'Sie werden unter {address} angerufen. Nehmen Sie den Anruf an und bestätigen Sie.',
  'A passkey needs a browser that runs scripts. Use another way.':
    'Ein Passkey braucht einen Browser mit JavaScript. Wählen Sie einen anderen Weg.',
  'The passkey was not used. Try again, or use another way.':
    'Der Passkey wurde nicht verwendet. Noch einmal, oder ein anderer Weg.',
  'Your account lacks a way of signing in that is asked for here. Contact your administrator.':
    'Ihrem Konto fehlt ein Anmeldeweg, der hier verlangt wird. Wenden Sie sich an Ihre Administration.',
  'Sign in as somebody else': 'Als jemand anderes anmelden',
  // A forgotten password
  'Forgotten password': 'Passwort vergessen',
  'Type your user name. The way to a new password goes to the mail address of that account.':
    'Geben Sie Ihren Benutzernamen ein. Der Weg zu einem neuen Passwort geht an die Mailadresse des Kontos.',
  'Send the mail': 'Mail senden',
  'Back to the sign-in': 'Zurück zur Anmeldung',
  'Look into your mail': 'Sehen Sie in Ihre Mail',
  'That did not work.': 'Das hat nicht geklappt.',
  'A new password': 'Ein neues Passwort',
  'Go on to choose the password of your account.': 'Weiter, um das Passwort Ihres Kontos zu wählen.',
  'This link was used already, or has expired. Ask for a new one.':
    'Dieser Link wurde schon benutzt oder ist abgelaufen. Fordern Sie einen neuen an.',
  'Ask for a new link': 'Neuen Link anfordern',
  'passwords cannot be recovered here; ask your administrator':
    'Passwörter lassen sich hier nicht zurücksetzen; fragen Sie Ihre Administration',
  // The link of a message, and approvals
  'Is this you?': 'Sind Sie das?',
  'Confirm a sign-in': 'Anmeldung bestätigen',
  'No, end it': 'Nein, beenden',
  'Yes, sign me in': 'Ja, anmelden',
  Confirmed: 'Bestätigt',
  Ended: 'Beendet',
  'The sign-in goes on where it was begun. You can close this page.':
    'Die Anmeldung geht dort weiter, wo sie begonnen wurde. Sie können diese Seite schließen.',
  'The sign-in was ended. Whoever began it knows your password: change it.':
    'Die Anmeldung wurde beendet. Wer sie begonnen hat, kennt Ihr Passwort: Ändern Sie es.',
  'This sign-in is over, was decided already, or has expired.':
    'Diese Anmeldung ist vorbei, schon entschieden oder abgelaufen.',
  User: 'Benutzer',
  Address: 'Adresse',
  Program: 'Programm',
  Begun: 'Begonnen',
  unknown: 'unbekannt',
  'Sign-ins to approve': 'Anmeldungen bestätigen',
  'Nothing waits for you. Open this page again once you sign in elsewhere.':
    'Nichts wartet auf Sie. Öffnen Sie diese Seite wieder, wenn Sie sich anderswo anmelden.',
  'Look again': 'Neu laden',
  'User Portal': 'Benutzerportal',
  'The number shown there': 'Die Zahl, die dort steht',
  'Or type this code there: {code}': 'Oder geben Sie dort diesen Code ein: {code}',
  'Approved. The sign-in goes on where it was begun.':
    'Bestätigt. Die Anmeldung geht dort weiter, wo sie begonnen wurde.',
  'The sign-in was ended. If it was not you who began it, change your password.':
    'Die Anmeldung wurde beendet. Wenn nicht Sie sie begonnen haben, ändern Sie Ihr Passwort.',
  'That sign-in is over.': 'Diese Anmeldung ist vorbei.',
  Back: 'Zurück',
  // Signing out
  'Sign out': 'Abmelden',
  'Sign out?': 'Abmelden?',
  'You are signed in as {name}. Signing out ends this session and the access it gave to apps.':
    'Sie sind als {name} angemeldet. Abmelden beendet diese Sitzung und den Zugang, den sie Anwendungen gab.',
  'Stay signed in': 'Angemeldet bleiben',
  'Signed out': 'Abgemeldet',
  'You are signed out': 'Sie sind abgemeldet',
  'Your session has ended. You may close this window.':
    'Ihre Sitzung ist beendet. Sie können dieses Fenster schließen.',
  'Your session has ended. The applications you used are being told.':
    'Ihre Sitzung ist beendet. Die Anwendungen, die Sie benutzt haben, werden benachrichtigt.',
  'Signing out of an application': 'Abmelden von einer Anwendung',
  'Sign in again': 'Neu anmelden',
  // Consent
  'Allow access': 'Zugriff erlauben',
  'Allow access to {app}?': 'Zugriff auf {app} erlauben?',
  'It asks to:': 'Es möchte:',
  'Read about you: {claims}': 'Über Sie lesen: {claims}',
  'It will be let in at: {resources}': 'Es bekommt Zugang zu: {resources}',
  'You are signed in as {name}. The answer goes to {place}. You can take this back under My permissions.':
    'Sie sind als {name} angemeldet. Die Antwort geht an {place}. Unter „Meine Freigaben“ nehmen Sie das zurück.',
  'a program on this device ({scheme})': 'ein Programm auf diesem Gerät ({scheme})',
  Deny: 'Ablehnen',
  Allow: 'Erlauben',
  'It asks for access on your behalf.': 'Es bittet um Zugriff in Ihrem Namen.',
  'Nobody here has checked who it is: allow it only if you have just started this yourself.':
    'Niemand hier hat geprüft, wer es ist: Erlauben Sie es nur, wenn Sie dies gerade selbst begonnen haben.',
  '{name} ({id}) asks for access on your behalf.': '{name} ({id}) bittet um Zugriff in Ihrem Namen.',
  '(unverified)': '(ungeprüft)',
  'asks for access on your behalf. Anyone can use this name: allow it only if you have just started this yourself.':
    'bittet um Zugriff in Ihrem Namen. Diesen Namen kann jeder benutzen: Erlauben Sie es nur, wenn Sie dies gerade selbst begonnen haben.',
  'Scope {name}: what it opens': 'Scope {name}: was er öffnet',
  'of {host}': 'von {host}',
  'About it': 'Über die Anwendung',
  'Privacy policy': 'Datenschutzerklärung',
  'Terms of service': 'Nutzungsbedingungen',
  'Know that you signed in, and who you are': 'Wissen, dass Sie angemeldet sind und wer Sie sind',
  'Read your name': 'Ihren Namen lesen',
  'Read your e-mail address': 'Ihre E-Mail-Adresse lesen',
  'Read your postal address': 'Ihre Postanschrift lesen',
  'Read your telephone number': 'Ihre Telefonnummer lesen',
  'Keep this access after you sign out': 'Diesen Zugriff behalten, nachdem Sie sich abgemeldet haben',
  'Open this app from its own program or page: it leads here when you sign in.':
    'Öffnen Sie diese App über ihr eigenes Programm oder ihre Seite: Zur Anmeldung führt sie hierher.',
  // A device
  'Connect a device': 'Ein Gerät verbinden',
  'The code on the device': 'Der Code auf dem Gerät',
  'You are signed in as {name}. Go on only if the code is on a device in front of you: whoever sent you a code wants your access.':
    'Sie sind als {name} angemeldet. Weiter nur, wenn der Code auf einem Gerät vor Ihnen steht: Wer Ihnen einen Code schickt, will Ihren Zugang.',
  'The device shows {code}; it asked from {place} at {time} UTC. You are signed in as {name}.':
    'Das Gerät zeigt {code}; es fragte von {place} um {time} UTC. Sie sind als {name} angemeldet.',
  Connected: 'Verbunden',
  'Not connected': 'Nicht verbunden',
  'Done. The device is connected; you may close this window and go on there.':
    'Fertig. Das Gerät ist verbunden; schließen Sie dieses Fenster und machen Sie dort weiter.',
  'The device gets nothing. You may close this window.':
    'Das Gerät bekommt nichts. Sie können dieses Fenster schließen.',
  'You may not use this app. Ask your administrator.':
    'Sie dürfen diese App nicht benutzen. Fragen Sie Ihre Administration.',
  'This code is not known here: it may be mistyped, expired or already used. After several wrong codes, wait a while.':
    'Dieser Code ist hier nicht bekannt: vertippt, abgelaufen oder schon benutzt. Warten Sie nach mehreren falschen Codes eine Weile.',
  // Errors
  'Everything here that you may do yourself.': 'Alles, was Sie hier selbst tun dürfen.',
  'This did not work': 'Das hat nicht geklappt',
  'Go back and try again. If it happens again, give the reference below to whoever runs the app that you came from.':
    'Gehen Sie zurück und versuchen Sie es noch einmal. Geschieht es wieder, geben Sie die Referenz unten an die weiter, die die App betreiben, von der Sie kamen.',
  Error: 'Fehler',
  'Error code': 'Fehlercode',
  Reference: 'Kennung',
  'Why (for administrators)': 'Warum (für Administratoren)',
  'Go to the sign-in page': 'Zur Anmeldung',
  'a page of another site may not do this for you': 'eine fremde Seite darf das nicht für Sie tun',
  'the form has expired or your browser refuses cookies; open the page again':
    'das Formular ist abgelaufen, oder Ihr Browser lehnt Cookies ab; öffnen Sie die Seite neu',
  'there is nothing at this address': 'unter dieser Adresse gibt es nichts',
  'the address holds a bad percent-encoding': 'die Adresse enthält eine falsche Prozent-Kodierung',
  'a part of the address is too long': 'ein Teil der Adresse ist zu lang',
  'too many sign-ins at once': 'zu viele Anmeldungen auf einmal',
  // What core tells people: mechanisms, what comes next, and what is wrong with a password
  'Authenticator app': 'Authenticator-App',
  'Code of your authenticator app': 'Code Ihrer Authenticator-App',
  'E-mail': 'E-Mail',
  'Code from the mail': 'Code aus der Mail',
  'Text message': 'SMS',
  'Code from the text message': 'Code aus der SMS',
  'Phone call': 'Anruf',
  'Take the call and confirm it': 'Nehmen Sie den Anruf an und bestätigen Sie',
  'Security questions': 'Sicherheitsfragen',
  'Answer your security questions': 'Beantworten Sie Ihre Sicherheitsfragen',
  'Passkey or security key': 'Passkey oder Sicherheitsschlüssel',
  'Use your passkey or security key': 'Verwenden Sie Ihren Passkey oder Sicherheitsschlüssel',
  'Approve on another device': 'Auf einem anderen Gerät bestätigen',
  'Code from the other device': 'Code vom anderen Gerät',
  'Recovery code': 'Wiederherstellungscode',
  'One of your recovery codes': 'Einer Ihrer Wiederherstellungscodes',
  'New password': 'Neues Passwort',
  'One more proof is asked for here.': 'Hier wird noch ein Nachweis verlangt.',
  'If there is such an account, a mail with the way to a new password is on its way.':
    'Wenn es dieses Konto gibt, ist eine Mail mit dem Weg zu einem neuen Passwort unterwegs.',
  'Your password is changed. Sign in with it.': 'Ihr Passwort ist geändert. Melden Sie sich damit an.',
  'Use at least 8 characters.': 'Verwenden Sie mindestens 8 Zeichen.',
  'Use at most 1024 characters.': 'Verwenden Sie höchstens 1024 Zeichen.',
  'Use more than one character repeated.': 'Verwenden Sie mehr als ein wiederholtes Zeichen.',
  'Do not use your name or your address as the password.':
    'Verwenden Sie nicht Ihren Namen oder Ihre Adresse als Passwort.',
  'It is one of the words and passwords that everybody tries first. Use several words that do not belong together.':
    'Es ist eines der Wörter und Passwörter, die alle zuerst versuchen. Verwenden Sie mehrere Wörter, die nicht zusammengehören.',
  'It repeats or counts up. Use several words that do not belong together.':
    'Es wiederholt sich oder zählt hoch. Verwenden Sie mehrere Wörter, die nicht zusammengehören.',
  'It follows the keys of a keyboard. Use several words instead.':
    'Es folgt den Tasten der Tastatur. Verwenden Sie lieber mehrere Wörter.',
  'It is too easy to guess. Make it longer.': 'Es ist zu leicht zu erraten. Machen Sie es länger.',
  'This is the present password. Choose another.': 'Das ist das jetzige Passwort. Wählen Sie ein anderes.',
  'This is one of your earlier passwords. Choose another.':
    'Das ist eines Ihrer früheren Passwörter. Wählen Sie ein anderes.',
} as const;
