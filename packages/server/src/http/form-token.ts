/** Rule 12: who may POST with a browser's cookies, and what binds a form to the browser it was shown to. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { keyedDigest, sameSecret } from '../kit/digest.js';
import { randomToken } from '../kit/random.js';
import { HttpRefusal } from './errors.js';

/** A random value per browser, made before anybody signs in; scripts cannot read it. */
const BROWSER_COOKIE = 'sallyport-browser';
const BROWSER_VALUE = /^[\w-]{43}$/;

/** Either name, any value: the vendor's clients send it, and no foreign page can without being asked first. */
const NATIVE_CLIENT_HEADERS = ['x-centrify-native-client', 'x-idap-native-client'];

/**
 * The value of the hidden field `form_token`: good for every form shown to this browser. `secure`: whether the
 * browser comes by https.
 */
export function formToken(request: FastifyRequest, reply: FastifyReply, secure: boolean): string {
  return digestFor(browserOf(request) ?? newBrowser(request, reply, secure), 'form');
}

/** `value` with a proof that it was handed to this browser. To be called after {@link formToken}. */
export function sealToBrowser(request: FastifyRequest, value: string): string {
  return `${value}.${digestFor(browserOf(request) ?? '', `value ${value}`)}`;
}

/** The value inside, or null when it was handed to another browser or altered. */
export function openFromBrowser(request: FastifyRequest, sealed: string): string | null {
  const [value = '', proof = ''] = sealed.split('.');
  const browser = browserOf(request);
  return browser !== null && sameSecret(proof, digestFor(browser, `value ${value}`)) ? value : null;
}

/**
 * Lets a POST pass that comes from a page of this site, from no page, or with the page's form token. Throws an
 * {@link HttpRefusal} 403 otherwise.
 */
export function checkFormPost(request: FastifyRequest): void {
  const { origin } = request.headers;
  if (origin !== undefined && origin !== 'null') {
    if (isOwnOrigin(origin, request)) return;
    throw new HttpRefusal(403, 'a page of another site may not do this for you');
  }
  if (isNativeClient(request)) return;
  if (/^bearer /i.test(request.headers.authorization ?? '')) return;
  if (carriesFormToken(request)) return;
  throw new HttpRefusal(403, 'the form has expired or your browser refuses cookies; open the page again');
}

/** Whether a program says that it calls, not a page. protocol 1.1 */
export function isNativeClient({ headers }: FastifyRequest): boolean {
  return NATIVE_CLIENT_HEADERS.some((name) => headers[name] !== undefined);
}

/** The Host was judged before any route; the scheme may differ behind a proxy. */
function isOwnOrigin(origin: string, { host }: FastifyRequest): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}

function carriesFormToken(request: FastifyRequest): boolean {
  const { body } = request;
  const browser = browserOf(request);
  if (browser === null || typeof body !== 'object' || body === null || !('form_token' in body)) return false;
  return typeof body.form_token === 'string' && sameSecret(body.form_token, digestFor(browser, 'form'));
}

function browserOf(request: FastifyRequest): string | null {
  const value = request.cookies[BROWSER_COOKIE];
  return value !== undefined && BROWSER_VALUE.test(value) ? value : null;
}

function newBrowser(request: FastifyRequest, reply: FastifyReply, secure: boolean): string {
  const value = randomToken();
  reply.setCookie(BROWSER_COOKIE, value, { path: '/', httpOnly: true, sameSite: 'lax', secure });
  request.cookies[BROWSER_COOKIE] = value;
  return value;
}

function digestFor(browser: string, what: string): string {
  return keyedDigest(Buffer.from(browser), what);
}
