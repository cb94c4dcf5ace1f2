/** The vendor's clients as they are on the wire: their headers, and bodies byte for byte. */
import { expect } from 'vitest';
import { PASSWORD, type World } from '../admin/support/world.js';
import { tryPassword } from '../login/dance.js';
import { ADMIN } from '../support/server.js';

/** The nine keys of every answer. protocol 1.2 */
export interface Envelope<R = unknown> {
  success: boolean;
  Result: R;
  Message: string | null;
  MessageID: string | null;
  Exception: string | null;
  ErrorID: string | null;
  ErrorCode: string | null;
  IsSoftError: boolean;
  InnerExceptions: null;
}

export interface QueryResult<Row = Record<string, string>> {
  Count: number;
  FullCount: number;
  Columns: { Name: string }[];
  Results: { Entities: { Type: string; Key: string; IsForeignKey: boolean }[]; Row: Row }[];
}

const JSON_TYPE = 'application/json';

/** What each client sends besides its token. protocol 1.1 */
export const CLIENTS = {
  /** centrify-samples-powershell */
  powershellSamples: { 'content-type': JSON_TYPE, 'X-CENTRIFY-NATIVE-CLIENT': '1' },
  /** powershell-sdk */
  powershell: { 'content-type': JSON_TYPE, 'X-CENTRIFY-NATIVE-CLIENT': '1', 'User-Agent': 'Mozilla/5.0' },
  /** centrify-samples-dotnet-cs */
  dotnet: { 'content-type': JSON_TYPE, 'X-CENTRIFY-NATIVE-CLIENT': '1' },
  /** golang-sdk, the engine of the Terraform provider */
  go: {
    'content-type': JSON_TYPE,
    'X-CENTRIFY-NATIVE-CLIENT': 'Yes',
    'X-CFY-SRC': 'terraform',
    'User-Agent': 'Go-http-client/1.1',
  },
  /** idsec-sdk-golang */
  idsec: { 'content-type': JSON_TYPE, 'X-IDAP-NATIVE-CLIENT': 'true' },
  /** ark-sdk-python */
  ark: { 'content-type': JSON_TYPE, 'X-IDAP-NATIVE-CLIENT': 'true', 'User-Agent': 'Ark-SDK-Python' },
  /** identity-sample-java */
  java: { 'content-type': JSON_TYPE, 'x-centrify-native-client': 'true', 'cache-control': 'no-cache' },
  /** logstash-input-centrifyidplatform: its HTTP library calls the JSON a form */
  logstash: {
    'content-type': 'application/x-www-form-urlencoded',
    'X-CENTRIFY-NATIVE-CLIENT': 'True',
    'User-Agent': 'logstash-centrifyidplatform/1.0.0',
  },
} as const;
export type ClientName = keyof typeof CLIENTS;

export interface Sending {
  client?: ClientName;
  method?: string;
  status?: number;
}

/** Calls by one person's session handle: a body that is a string goes as it is. */
export type Vendor = <R = unknown>(path: string, body?: unknown, how?: Sending) => Promise<Envelope<R>>;

/** Signs `loginName` in and calls as them; every answer is checked for what clients rely on. */
export async function vendorAs(world: World, loginName: string, password = PASSWORD): Promise<Vendor> {
  const { envelope } = await tryPassword(world, loginName, password);
  return vendorBy(world, { authorization: `Bearer ${envelope.Result.Auth}` });
}

export function vendorAdmin(world: World): Promise<Vendor> {
  return vendorAs(world, ADMIN.user, ADMIN.password);
}

export function vendorBy(world: Pick<World, 'fetch'>, credentials: Record<string, string>): Vendor {
  return async <R>(path: string, body: unknown = '{}', how: Sending = {}) => {
    const { client = 'go', method = 'POST', status = 200 } = how;
    const hasBody = method !== 'GET' && body !== null;
    const response = await world.fetch(path, {
      method,
      headers: { ...CLIENTS[client], ...credentials },
      ...(hasBody && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    expect({ path, status: response.status, text }).toMatchObject({ path, status });
    expect(Number(response.headers.get('content-length'))).toBe(Buffer.byteLength(text));
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const envelope = JSON.parse(text) as Envelope<R>;
    expect(Object.keys(envelope)).toEqual(ENVELOPE_KEYS);
    return envelope;
  };
}

const ENVELOPE_KEYS = [
  'success',
  'Result',
  'Message',
  'MessageID',
  'Exception',
  'ErrorID',
  'ErrorCode',
  'IsSoftError',
  'InnerExceptions',
];

/** The `Result` of a call that must succeed. */
export async function resultOf<R>(answer: Promise<Envelope<R>>): Promise<R> {
  const envelope = await answer;
  expect(envelope).toMatchObject({ success: true, Message: null, ErrorID: null });
  return envelope.Result;
}

/** The `Message` of a call that must fail as the vendor's do: status 200, no result. */
export async function messageOf(answer: Promise<Envelope>): Promise<string> {
  const { success, Result, Message, ErrorID } = await answer;
  expect({ success, Result }).toEqual({ success: false, Result: null });
  expect(ErrorID).toEqual(expect.stringMatching(/.{8}/));
  return Message ?? '';
}

export function rowsOf<Row>(result: QueryResult<Row>): Row[] {
  return result.Results.map(({ Row }) => Row);
}

/** Traps 9 and 22: no value of a row is null, and none that was not asked for by name is blank. */
export function expectNoBlanks(rows: readonly object[]): void {
  for (const row of rows) for (const value of Object.values(row)) expect(['', null]).not.toContain(value);
}
