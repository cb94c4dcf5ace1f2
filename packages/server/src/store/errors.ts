/** Errors of the store beyond those in core's ports. */
import { StoreUnavailable } from '../core/ports.js';

/** The store cannot be opened and waiting would not help; the message is one line for the operator, without secrets. */
export class StoreOpenError extends Error {}

/** The row this one belongs to has just been removed: bad timing, and the next attempt sees why. */
export class ParentGone extends StoreUnavailable {}
