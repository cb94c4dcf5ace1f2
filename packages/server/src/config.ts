/**
 * The settings of the server: flag over environment over `sallyport.config.json`. The one reader of the environment;
 * parsed once, frozen, every fault reported together.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { lifetimeSeconds } from '@sallyport/contract';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { isLoopbackHost } from './kit/loopback.js';

/** The start must stop here: one line for the operator. */
export class ConfigError extends Error {
  constructor(
    message: string,
    /** Whether a flag has a value of a form that it does not take, which is wrong usage, not a refusal. */
    readonly isUsage = false,
  ) {
    super(message);
  }
}

function whole(least: number, most: number) {
  const wanted = `a whole number from ${least} to ${most}`;
  return z.coerce.number(wanted).int(wanted).min(least, wanted).max(most, wanted);
}

const port = whole(0, 65_535);
const list = z
  .union([z.string(), z.array(z.string())])
  .transform((value) =>
    (typeof value === 'string' ? value.split(',') : value).map((s) => s.trim()).filter(Boolean),
  );

const onOff = z
  .union([z.boolean(), z.enum(['on', 'off', 'true', 'false'])])
  .transform((value) => value === true || value === 'on' || value === 'true');

const publicUrl = z
  .url({ protocol: /^https?$/ })
  .refine(
    (url) => URL.canParse(url) && new URL(url).origin === url.replace(/\/$/, ''),
    'an origin without a path',
  )
  .transform((url) => new URL(url).origin)
  .refine(
    (url) => url.startsWith('https:') || isLoopbackHost(new URL(url).hostname),
    'http is for loopback only',
  );

const addresses = list.refine((entries) => entries.every(isAddressOrRange), 'IP addresses or CIDR ranges');

/** Kinds of record whose life is a setting, in seconds, null for no end. */
export interface Retention {
  events: number | null;
  changes: number | null;
  codes: number | null;
}
const RETENTION: Retention = { events: 365 * 86_400, changes: null, codes: 86_400 };

const retention = z
  .union([z.string(), z.record(z.string(), z.string())])
  .transform((value, ctx): Retention => {
    const entries = typeof value === 'string' ? entriesOf(value) : Object.entries(value);
    const kept = { ...RETENTION };
    for (const [kind, life] of entries) {
      const seconds = life === 'forever' ? null : secondsOf(life);
      const known = kind === 'events' || kind === 'changes' || kind === 'codes';
      if (!known || seconds === undefined || (seconds !== null && seconds < 600))
        ctx.addIssue({
          code: 'custom',
          message: `${kind}=${life}: events, changes or codes, and 10m or more, or forever`,
        });
      else kept[kind] = seconds;
    }
    return kept;
  });

const keyRotation = z.string().transform((text, ctx) => {
  if (text === 'off') return null;
  const seconds = secondsOf(text);
  if (seconds !== undefined && seconds >= 3600) return seconds;
  ctx.addIssue({ code: 'custom', message: '`off`, or a lifetime of 1h or more, as in 90d' });
  return z.NEVER;
});

function entriesOf(text: string): [string, string][] {
  const parts = text.split(',').map((part) => part.trim());
  return parts.filter(Boolean).map((part) => {
    const [kind = '', ...rest] = part.split('=');
    return [kind.trim(), rest.join('=').trim()];
  });
}

/** Undefined for what is no lifetime. */
function secondsOf(text: string): number | undefined {
  return /^\d{1,9}[smhd]$/.test(text) ? lifetimeSeconds(text) : undefined;
}

const masterKey = z.string().transform((text, ctx) => {
  const key = parseMasterKey(text);
  if (key) return key;
  ctx.addIssue({ code: 'custom', message: '64 hexadecimal digits, or base64 of 32 bytes' });
  return z.NEVER;
});

/** 32 bytes from 64 hexadecimal digits or from base64; null for anything else. */
export function parseMasterKey(text: string): Uint8Array | null {
  const trimmed = text.trim();
  const key = /^[0-9a-f]{64}$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64');
  return key.length === 32 ? new Uint8Array(key) : null;
}

const settings = {
  port: port.default(8420).describe('Port to listen on; 0 takes any free one.'),
  host: z.string().min(1).optional().describe('Address to listen on; loopback only unless set.'),
  publicUrl: publicUrl
    .optional()
    .describe(
      'The URL users and clients reach the server by; decides the issuer. Default: `http://localhost:PORT`.',
    ),
  behindProxy: addresses
    .default([])
    .describe(
      'Addresses or ranges, separated by commas, whose forwarding headers are believed; allows plain http under an https public URL.',
    ),
  rateLimit: onOff.default(true).describe('`off` lets every source knock as often as it likes.'),
  metricsToken: z
    .string()
    .min(16)
    .optional()
    .describe('Bearer token that opens `/metrics`; without it only loopback may read them.'),
  retention: retention
    .prefault('')
    .describe(
      'How long records are kept, such as `events=90d, changes=730d`; `forever` for no end. See docs/operations.md.',
    ),
  keyRotation: keyRotation
    .prefault('90d')
    .describe(
      'How long a signing key signs before the next one, published all that time, takes over; `off` leaves it to `keys rotate`.',
    ),
  tlsCert: z
    .string()
    .optional()
    .describe('Certificate chain in PEM; a renewed file is taken up without dropping connections.'),
  tlsKey: z.string().optional().describe('Private key in PEM.'),
  dataDir: z
    .string()
    .min(1)
    .default('./data')
    .describe('Folder of the embedded database and of the master key.'),
  databaseUrl: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'postgres://…, or unset for the embedded database')
    .optional()
    .describe('`postgres://…` instead of the embedded database; needed for several nodes.'),
  workers: whole(1, 256)
    .optional()
    .describe('Processes that serve. Default: 1 on SQLite, one per core on PostgreSQL.'),
  adminUser: z
    .string()
    .regex(/^[^\s:@]+@[^\s:@]+$/, 'name@suffix')
    .default('admin@localhost')
    .describe('Login name of the first administrator; read on an empty database only.'),
  adminPassword: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Password of the first administrator; read on an empty database only. One is generated and printed once when absent.',
    ),
  masterKey: masterKey
    .optional()
    .describe(
      'Key that seals private keys and secrets at rest: 64 hexadecimal digits, or base64 of 32 bytes. Made in the data directory when absent; required with PostgreSQL.',
    ),
  masterKeyFile: z.string().optional().describe('File that holds the master key.'),
  smtpUrl: z
    .url({ protocol: /^smtps?$/ })
    .optional()
    .describe('`smtp://…` or `smtps://…`; without it what needs mail is not offered.'),
  mailFrom: z
    .string()
    .regex(/^[^\p{Cc}]*@[^\p{Cc}]*$/u, 'an address, or a name and an address in angle brackets')
    .optional()
    .describe('Sender of mail. Default: `no-reply@` and the host of the public URL.'),
  textGatewayUrl: z
    .url({ protocol: /^https?$/ })
    .refine(hasReadableCredentials, 'user and password are percent-encoded, a % itself as %25')
    .optional()
    .describe(
      'HTTP service that delivers text messages and calls: it is sent `{channel, to, text, code, link}` as JSON, `channel` being `sms` or `call`; user and password of the URL go as Basic credentials. Whoever was called confirms by `decision=approve`, posted as a form to `link` with the header `X-IDAP-NATIVE-CLIENT: 1`.',
    ),
  outboxDir: z
    .string()
    .optional()
    .describe(
      'For development: folder that receives each mail and text message as a JSON file instead of its being sent.',
    ),
  allowPrivateUrls: list
    .default([])
    .describe(
      'Hosts, separated by commas, that outbound requests may reach at private addresses, and in plain http.',
    ),
  logLevel: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Least level that is logged.'),
  logFormat: z
    .enum(['pretty', 'json'])
    .optional()
    .describe('`pretty` on a terminal, `json` lines otherwise.'),
};

const Settings = z.strictObject(settings);
export type Config = Readonly<z.infer<typeof Settings>>;
export type SettingName = keyof typeof settings;
export const SETTING_NAMES = Object.keys(settings) as SettingName[];

/** What a setting does, in a sentence. */
export function settingDescription(setting: SettingName): string {
  return settings[setting].description ?? '';
}

/** `publicUrl` as `--public-url`. */
export function flagName(setting: SettingName): string {
  return `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `publicUrl` as `SALLYPORT_PUBLIC_URL`. */
export function environmentName(setting: SettingName): string {
  return `SALLYPORT_${setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

export interface ConfigSources {
  /** Settings given as flags. */
  flags?: Partial<Record<SettingName, unknown>>;
  environment?: NodeJS.ProcessEnv;
  /** Folder in which `sallyport.config.json` is looked for; none when absent. */
  folder?: string;
}

/** Reads the settings. Throws {@link ConfigError} with every fault on one line. */
export function readConfig({ flags = {}, environment = process.env, folder }: ConfigSources): Config {
  const names = new Map(SETTING_NAMES.map((name) => [environmentName(name), name]));
  const fromEnvironment: Partial<Record<SettingName, unknown>> = {};
  const faults: string[] = [];
  for (const [variable, value] of Object.entries(environment)) {
    const name = names.get(variable);
    if (name && value !== undefined && value !== '') fromEnvironment[name] = value;
    else if (!name && variable.startsWith('SALLYPORT_') && !variable.startsWith('SALLYPORT_TEST_'))
      faults.push(`${variable}: unknown setting`);
  }
  const given = { ...readConfigFile(folder), ...fromEnvironment, ...defined(flags) };
  const parsed = Settings.safeParse(given);
  const issues = parsed.success ? [] : parsed.error.issues;
  const isFlag = (setting: PropertyKey | undefined) => flags[setting as SettingName] !== undefined;
  faults.push(
    ...issues.map((issue) => settingFault(issue, isFlag(issue.path[0]) ? flagName : environmentName)),
  );
  if (parsed.success) faults.push(...combinationFaults(parsed.data));
  if (!parsed.success || faults.length > 0)
    throw new ConfigError(
      `bad settings: ${faults.join('; ')}`,
      issues.some(({ code, path: [setting] }) => code !== 'custom' && isFlag(setting)),
    );
  return Object.freeze(parsed.data);
}

function defined(flags: Partial<Record<SettingName, unknown>>): Partial<Record<SettingName, unknown>> {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}

/** Named as whoever gave the setting wrote it. */
function settingFault(issue: z.core.$ZodIssue, nameOf: (setting: SettingName) => string): string {
  if (issue.code === 'unrecognized_keys') return `${issue.keys.join(', ')}: unknown setting`;
  return `${nameOf(issue.path[0] as SettingName)}: ${issue.message}`;
}

function combinationFaults(config: z.infer<typeof Settings>): string[] {
  const faults: string[] = [];
  if (config.masterKey && config.masterKeyFile)
    faults.push('SALLYPORT_MASTER_KEY: give the key or SALLYPORT_MASTER_KEY_FILE, not both');
  if (config.databaseUrl && !config.masterKey && !config.masterKeyFile)
    faults.push('SALLYPORT_MASTER_KEY: required with a PostgreSQL database');
  if (Boolean(config.tlsCert) !== Boolean(config.tlsKey))
    faults.push('SALLYPORT_TLS_CERT: certificate and SALLYPORT_TLS_KEY belong together');
  const https = config.publicUrl?.startsWith('https:');
  if (https && !config.tlsCert && config.behindProxy.length === 0)
    faults.push(
      'SALLYPORT_PUBLIC_URL: https needs SALLYPORT_TLS_CERT, or SALLYPORT_BEHIND_PROXY where a proxy ends TLS',
    );
  return faults;
}

/** Where `readConfig` looks for settings in a file. */
export function settingsFile(folder: string): string {
  return resolve(folder, 'sallyport.config.json');
}

/** What the settings file in `folder` holds, unchecked; nothing where there is none. Throws {@link ConfigError}. */
export function readConfigFile(folder: string | undefined): Record<string, unknown> {
  if (!folder) return {};
  const path = settingsFile(folder);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new ConfigError(`${path}: ${(error as Error).message}`);
  }
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (error) {
    throw new ConfigError(`${path}: not a JSON object (${(error as Error).message.split('\n')[0]})`);
  }
}

/** Whether the user and password of a URL can be decoded. */
function hasReadableCredentials(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  try {
    decodeURIComponent(`${username}:${password}`);
    return true;
  } catch {
    return false;
  }
}

/** A range of everything would have anybody believed, and is refused where addresses are compared, too. */
function isAddressOrRange(text: string): boolean {
  if (!text.includes('/')) return ipaddr.isValid(text);
  return ipaddr.isValidCIDR(text) && ipaddr.parseCIDR(text)[1] > 0;
}
