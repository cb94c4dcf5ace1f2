/** Every call there is, by family. The reference page is made from this list. */
import { appCalls } from './apps.js';
import { directoryCalls } from './directory.js';
import { permissionCalls } from './permissions.js';
import { queryCalls } from './redrock/query.js';
import { roleCalls } from './roles.js';
import type { Call, DocumentedCall } from './rpc.js';
import { userCalls } from './users.js';

/** Calls with an answer of their own; `authentication.ts`, `security.ts` and `app-click.tsx` serve them. */
export const SIGN_IN_CALLS: readonly DocumentedCall[] = [
  {
    path: '/Security/StartAuthentication',
    does: 'Begins a sign-in. Answers the challenges.',
  },
  {
    path: '/Security/AdvanceAuthentication',
    does: 'Answers, starts or polls a challenge. Sets the session cookie once all are met.',
  },
  {
    path: '/Security/ChallengeUser',
    does: 'Says whether the session has met the profile `profileName`; a refusal carries `ChallengeId` when not.',
  },
  {
    path: '/Security/StartChallenge',
    does: 'Begins the challenge of `ChallengeStateId`; AdvanceAuthentication then raises the session.',
  },
  {
    path: '/Security/OnDemandChallenge',
    does: 'Challenges `User` by the profile `profileName`, or as a sign-in would, for an administrator or by a token from client credentials; AdvanceAuthentication then says `LoginSuccess` and signs nobody in.',
  },
  {
    path: '/Security/OobAuthStatus',
    does: 'Refused: nobody signs in here by way of another identity provider.',
  },
  {
    path: '/Security/StartSocialAuthentication',
    does: 'Refused, for the same reason.',
  },
  { path: '/Security/WhoAmI', methods: ['GET', 'POST'], does: 'Says who calls.' },
  { path: '/Security/Logout', does: 'Ends the session, or the token and its family. Answers null.' },
  { path: '/Security/RefreshToken', does: 'Sets the session cookie again. Answers null.' },
  { path: '/UserMgmt/SignOutCurrentSession', does: 'The same as Logout.' },
  {
    path: '/UPRest/HandleAppClick',
    methods: ['GET', 'POST'],
    does: 'Opens the app `appkey` of the caller. Answers a page.',
  },
  { path: '/UserMgmt/SignOutEverywhere', does: 'Ends every session of the caller. Answers null.' },
];

export const CALLS: readonly Call[] = [
  ...userCalls,
  ...directoryCalls,
  ...roleCalls,
  ...appCalls,
  ...permissionCalls,
  ...queryCalls,
];
