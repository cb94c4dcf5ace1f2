import type { FastifyReply } from 'fastify';

/** The vendor's answer to every call: these nine keys, in this order and case. protocol 1.2 */
export interface Envelope {
  success: boolean;
  Result: unknown;
  Message: string | null;
  MessageID: string | null;
  Exception: string | null;
  /** Under which the operator's log has the reason. */
  ErrorID: string | null;
  ErrorCode: string | null;
  IsSoftError: boolean;
  InnerExceptions: null;
}

/** A call that did what it says. */
export function envelope(result: unknown): Envelope {
  return {
    success: true,
    Result: result,
    Message: null,
    MessageID: null,
    Exception: null,
    ErrorID: null,
    ErrorCode: null,
    IsSoftError: false,
    InnerExceptions: null,
  };
}

/** What an unknown call is told. */
export const NO_SUCH_CALL = 'There is no such call.';

/** A call that did not, with a message for people. */
export function refusal(message: string, correlationId: string, result: unknown = null): Envelope {
  return { ...envelope(result), success: false, Message: message, ErrorID: correlationId };
}

/** Sends it with a Content-Length, as clients of old read nothing without one. */
export function sendEnvelope(reply: FastifyReply, body: Envelope, status = 200): FastifyReply {
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(body));
}

/** A string the vendor's clients accept: they refuse one shorter than two characters where null is fine. */
export function textOrNull(text: string): string | null {
  return text.length >= 2 ? text : null;
}

export type Row = Record<string, unknown>;

/** A row of a query, with the key of what it is about. */
export interface KeyedRow {
  key: string;
  row: Row;
}

/** A result in the shape of a query: rows, each with the entity it is about. `fullCount` counts other pages too. */
export function queryResult(
  type: string,
  rows: readonly KeyedRow[],
  { fullCount = rows.length, columns = [] }: { fullCount?: number; columns?: readonly string[] } = {},
): unknown {
  return {
    IsAggregate: false,
    Count: rows.length,
    Columns: columns.map((name) => columnOf(type, name)),
    FullCount: fullCount,
    Results: rows.map(({ key, row }) => ({
      Entities: [{ Type: type, Key: key, IsForeignKey: false }],
      Row: row,
    })),
    ReturnID: '',
  };
}

/** A row that leaves out what it does not have: some of the vendor's clients stumble over null, some over "". */
export function withoutBlanks(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== ''));
}

/** An instant as the vendor writes it. protocol 1.1 */
export function wireDate(instant: number | string): string {
  return `/Date(${typeof instant === 'number' ? instant : Date.parse(instant)})/`;
}

/** In the vendor's calendar: the year 1. */
export const NEVER = wireDate(-62_135_596_800_000);

function columnOf(table: string, name: string): Row {
  return {
    Name: name,
    IsHidden: false,
    DDName: name,
    Title: name,
    DDTitle: name,
    Description: name,
    Type: 12,
    Format: null,
    Width: 0,
    TableKey: name === 'ID' ? 'Primary' : 'NotAKey',
    ForeignKey: null,
    TableName: table,
  };
}
