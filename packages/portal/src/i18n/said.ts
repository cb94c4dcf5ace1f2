/** What the server and the contract say in English, each sentence with the key of the reader's words for it. */
import type { Row } from './in-words.js';

/** The contract: how values are written, and which of them go together. */
const CONTRACT: Row[] = [
  [/^1 to 64 letters, digits, dots, underscores or hyphens$/, 'said.appId'],
  [/^printable ASCII without space, quote or backslash$/, 'said.ascii'],
  [/^a number followed by s, m, h or d, as in 5h$/, 'said.lifetime'],
  [/^between (?<min>\S+) and (?<max>\S+)$/, 'said.between'],
  [/^no control characters, and no half of a character$/, 'said.controls'],
  [/^something that can be seen$/, 'said.visible'],
  [/^"(?<name>.*)" is written by the server alone$/s, 'said.claimReserved'],
  [/^"(?<name>.*)" is mapped twice$/s, 'said.claimTwice'],
  [/^a constant needs a value$/, 'said.constantNeeds'],
  [/^only a constant has a value$/, 'said.constantOnly'],
  [/^letters, digits, dots and hyphens$/, 'said.suffix'],
  [/^name@suffix, without colon or white space$/, 'said.loginName'],
  [/^base32, at least 16 characters$/, 'said.base32'],
  [/^two digits$/, 'said.twoDigits'],
  [/^six digits$/, 'said.sixDigits'],
  [/^"approve" with the two digits of "number", or "deny"$/, 'said.decision'],
  [/^https or http$/, 'said.web'],
  [/^no query and no fragment$/, 'said.noQuery'],
  [/^no fragment$/, 'said.noFragment'],
  [/^"(?<name>.*)" is not one of (?<list>.+)$/s, 'said.authMethod'],
  [/^"(?<name>.*)" is defined twice or built in$/s, 'said.scopeTwice'],
  [/^Client ID Type "list" needs at least one allowed client$/, 'said.listNeeds'],
  [/^belongs to the template OAuth2Server$/, 'said.templateServer'],
  [/^YYYY-MM-DD, or YYYY$/, 'said.date'],
  [/^a language tag such as en-GB$/, 'said.language'],
  [/^RSA, EC or OKP: a symmetric key is no public key$/, 'said.keySymmetric'],
  [/^holds the private member "(?<name>.*)"$/, 'said.keyPrivate'],
  [/^is too long$/, 'said.keyTooLong'],
  [/^nests too deep$/, 'said.patternDepth'],
  [/^an international number, as \+4915112345678$/, 'said.phone'],
  [/^an IP address$/, 'said.networkAddress'],
  [/^an IP address, or a range such as 10\.0\.0\.0\/8$/, 'said.network'],
  [/^either "password", or "generate": true$/, 'said.passwordEither'],
];

/** Redirect addresses, also within a sentence that names the address. */
const REDIRECTS: Row[] = [
  [/^longer than 2000 characters$/, 'said.redirectLong'],
  [/^no white space, backslash, control character or wildcard$/, 'said.redirectSigns'],
  [/^not an absolute URI$/, 'said.redirectNotAbsolute'],
  [/^a fragment is not allowed$/, 'said.redirectFragment'],
  [/^scheme must be https, http, or a private-use one with a dot$/, 'said.redirectScheme'],
  [/^user information is not allowed$/, 'said.redirectUser'],
];

/** Scope patterns; what the engine says of a bad one begins with the same words, and ends with the place. */
const PATTERNS: Row[] = [
  [/^a pattern cannot be empty$/, 'said.patternEmpty'],
  [/^counted repetitions, as \{2,5\}, may add up to (?<number>\d+)$/, 'said.patternRepetitions'],
  [/^an app may have (?<number>\d+) patterns in all$/, 'said.patternCount'],
  [/^not a linear-time regular expression: (?<reason>.+)$/s, 'said.patternNotLinear'],
  [/^error parsing regexp: invalid character class range: (?<at>.*)$/s, 'said.patternRange'],
  [/^error parsing regexp: invalid escape sequence: (?<at>.*)$/s, 'said.patternEscape'],
  [
    /^error parsing regexp: (?:invalid named capture|duplicate capture group name): (?<at>.*)$/s,
    'said.patternGroupName',
  ],
  [
    /^error parsing regexp: invalid (?:or unsupported Perl syntax|capture in lookbehind): (?<at>.*)$/s,
    'said.patternPerl',
  ],
  [/^error parsing regexp: invalid nested repetition operator: (?<at>.*)$/s, 'said.patternNested'],
  [/^error parsing regexp: invalid repeat count: (?<at>.*)$/s, 'said.patternRepeat'],
  [/^error parsing regexp: missing argument to repetition operator: (?<at>.*)$/s, 'said.patternNothing'],
  [/^error parsing regexp: missing closing \]: (?<at>.*)$/s, 'said.patternBracket'],
  [/^error parsing regexp: missing closing \)/, 'said.patternParen'],
  [/^error parsing regexp: unexpected \)/, 'said.patternParenExtra'],
  [/^error parsing regexp: trailing backslash at end of expression/, 'said.patternBackslash'],
  [/^error parsing regexp: expression nests too deeply/, 'said.patternDepth'],
  [/^error parsing regexp: expression too large/, 'said.patternLarge'],
];

/** A path that is to be judged by patterns. */
const PATHS: Row[] = [
  [/^bad path: (?<reason>.+)$/s, 'said.addressBad'],
  [/^the path must begin with a slash$/, 'said.pathStart'],
  [/^a character that must be percent-encoded$/, 'said.pathByte'],
  [/^an encoded slash, backslash or NUL$/, 'said.pathSlash'],
  [/^a semicolon, backslash or control character$/, 'said.pathControl'],
  [/^a second layer of percent-encoding$/, 'said.pathLayer'],
  [/^an empty segment or a dot segment$/, 'said.pathSegment'],
  [/^not percent-encoded UTF-8$/, 'said.pathEncoding'],
];

/** Apps, roles, users, the tenant and its rules, where they meet each other. */
const OBJECTS: Row[] = [
  [/^"(?<name>.*)" is taken$/s, 'said.taken'],
  [/^"(?<name>.*)" is reserved$/s, 'said.reserved'],
  [/^"(?<name>.*)" is in use$/s, 'said.suffixUsed'],
  [/^"(?<name>.*)" is declared twice$/s, 'said.declaredTwice'],
  [/^"(?<name>.*)" stands here twice$/s, 'said.nameStandsTwice'],
  [/^is not a cursor of this list$/, 'said.cursor'],
  [/^another object holds this name$/, 'said.nameHeld'],
  [/^there is no app "(?<name>.*)"$/s, 'said.noApp'],
  [/^there is no role "(?<name>.*)"$/s, 'said.noRole'],
  [/^there is no user "(?<name>.*)"$/s, 'said.noUser'],
  [/^there is no profile "(?<name>.*)"$/s, 'said.noProfile'],
  [/^its default issuer is the issuer of "(?<name>.*)"$/, 'said.issuerDefaultIs'],
  [/^is the default issuer of "(?<name>.*)"$/, 'said.issuerDefaultOf'],
  [/^is the issuer of "(?<name>.*)"$/, 'said.issuerOf'],
  [/^is the audience of "(?<name>.*)"$/, 'said.audienceOf'],
  [/^is this server's own API: tokens for it belong to an OAuth2 Client app$/, 'said.audienceOwn'],
  [/^must end in (?<list>.+)$/, 'said.suffixMissing'],
  [/^of a built-in role is fixed$/, 'said.builtInName'],
  [/^of a built-in role are fixed$/, 'said.builtInRights'],
  [/^the built-in role (?<name>.+) cannot be deleted$/s, 'said.builtInDelete'],
  [/^Everybody has every person as a member, and no one can leave it$/, 'said.everybody'],
  [/^the last administrator cannot be removed, disabled or stripped$/, 'said.lastAdministrator'],
  [/^each challenge needs a mechanism of its own$/, 'said.challengeOwn'],
  [/^a confidential client does not sign in at the login page$/, 'said.clientAtLogin'],
  [/^(?<name>\S+) cannot sign in, so there is nothing to invite to$/, 'said.nameInvited'],
  [/^(?<number>\d+) recordings are running; stop one first$/, 'said.recordingsRun'],
  [/^Every person of the tenant$/, 'said.roleEverybody'],
  [/^May do everything$/, 'said.roleSysadmin'],
];

/** Passwords and second factors. */
const PROOFS: Row[] = [
  [/^Use at least (?<number>\d+) characters\.$/, 'said.passwordShort'],
  [/^Use at most (?<number>\d+) characters\.$/, 'said.passwordLong'],
  [/^Use more than one character repeated\.$/, 'said.passwordRepeated'],
  [/^Do not use your name or your address as the password\.$/, 'said.passwordName'],
  [/^It is one of the words and passwords that everybody tries first\./, 'said.passwordCommon'],
  [/^It repeats or counts up\./, 'said.passwordSequence'],
  [/^It follows the keys of a keyboard\./, 'said.passwordKeyboard'],
  [/^It is too easy to guess\./, 'said.passwordWeak'],
  [/^This is the present password\./, 'said.passwordPresent'],
  [/^This is one of your earlier passwords\./, 'said.passwordEarlier'],
  [/^this is not your password$/, 'said.passwordWrong'],
  [/^either this or a password$/, 'said.passwordGenerated'],
  [/^has expired; begin again$/, 'said.expired'],
  [/^was used before; begin again$/, 'said.usedBefore'],
  [/^needs letters or digits$/, 'said.answerLetters'],
  [/^not the code that was sent$/, 'said.codeSent'],
  [/^not the code that the app shows now$/, 'said.codeOfApp'],
  [/^this authenticator app was added before$/, 'said.totpTwice'],
  [/^does not answer the offer$/, 'said.answerOffer'],
  [/^this passkey is yours already$/, 'said.passkeyYours'],
  [/^mail is not set up on this server$/, 'said.noMail'],
  [/^text messages and calls are not set up on this server$/, 'said.noPhones'],
  [/^passkeys need a server that is reached by a name, not by an address$/, 'said.noPasskeys'],
];

/** Logos; the first two are the framework's. */
const PICTURES: Row[] = [
  [/^Unsupported Media Type/, 'said.pictureKind'],
  [/^Request body is too large$/, 'said.tooLarge'],
  [/^send the file itself, as /, 'said.pictureKind'],
  [/^is neither PNG nor JPEG$/, 'said.pictureKind'],
  [/^is larger than (?<number>\d+) kB$/, 'said.pictureLarge'],
  [/^is damaged(?:, or is not the picture it begins as)?$/, 'said.pictureBroken'],
  [/^is interlaced; save it without that$/, 'said.pictureInterlaced'],
  [/^is more than (?<number>\d+) pixels wide or high$/, 'said.pictureSide'],
  [/^has no pixels$/, 'said.picturePixels'],
];

/** Rights, and what lets a call in. */
const RIGHTS: Row[] = [
  [/^you need the right "(?<name>.*)"$/, 'said.right'],
  [/^(?<name>\S+) holds an administrative right that you lack$/, 'said.aboveReader'],
  [/^this needs a signed-in session; an access token does not do$/, 'said.sessionNeeded'],
  [/^a page of another site may not do this for you$/, 'said.crossSite'],
  [/^the scopes of the access token do not open this call$/, 'said.scopesOfToken'],
];

/** Taking an object back to a version. */
const RESTORATION: Row[] = [
  [/^clients and tokens of an app cannot be taken back to what they were$/, 'said.notRestoredClients'],
  [/^a signing key cannot be taken back to what it was$/, 'said.notRestoredKey'],
  [/^the logo does not come back: choose it again$/, 'said.noteLogo'],
  [/^roles of User Access that were deleted since stay away: (?<number>\d+)$/, 'said.noteRoles'],
  [/^rules whose roles or apps were deleted since stay away: (?<number>\d+)$/, 'said.noteRules'],
  [/^the role comes back without members, and opens no app$/, 'said.noteRole'],
  [/^the user comes back without password, second factors and roles$/, 'said.noteUser'],
  [/^the login suffix "(?<name>.*)" stays: login names end in it$/, 'said.noteSuffix'],
  [/^members, second factors and secrets are no part of a version: they stay/, 'said.noteMembers'],
];

/** The schema library's own words, as the server sends them. */
const SCHEMA: Row[] = [
  [/^is required$/, 'faults.required'],
  [/^unknown key; there are: (?<list>.*)$/s, 'said.unknownKey'],
  [/^Too small: expected string to have >=1 characters$/, 'faults.required'],
  [/^Too small: expected string to have >=(?<min>\d+) characters$/, 'faults.tooShort'],
  [/^Too big: expected string to have <=(?<max>\d+) characters$/, 'faults.tooLong'],
  [/^Too small: expected array to have >=(?<min>\d+) items$/, 'faults.tooFew'],
  [/^Too big: expected array to have <=(?<max>\d+) items$/, 'faults.tooMany'],
  [/^Too small: expected \w+ to be >=(?<min>-?[\d.]+)$/, 'faults.tooSmall'],
  [/^Too big: expected \w+ to be <=(?<max>-?[\d.]+)$/, 'faults.tooGreat'],
  [/^Invalid email address$/, 'faults.email'],
  [/^Invalid (?:URL|input|option: .*|string: .*)$/s, 'faults.format'],
  [/^expected .+$/s, 'faults.format'],
];

/** Every sentence. The last is a frame around another, which any other row knows better. */
export const SAID: readonly Row[] = [
  ...CONTRACT,
  ...REDIRECTS,
  ...PATTERNS,
  ...PATHS,
  ...OBJECTS,
  ...PROOFS,
  ...PICTURES,
  ...RIGHTS,
  ...RESTORATION,
  ...SCHEMA,
  [/^"(?<what>.*)": (?<reason>.+)$/s, 'said.about'],
];
