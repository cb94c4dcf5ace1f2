/** What a command line adds to the client library and only Node has: a loopback listener and a file of tokens. */
export { type Loopback, type LoopbackOptions, openLoopback, type ReceiveOptions } from './loopback.js';
export {
  createTokenFile,
  type StoredToken,
  stateDirectory,
  type TokenFile,
  type TokenKey,
} from './token-file.js';
