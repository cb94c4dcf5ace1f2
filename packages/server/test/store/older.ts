/** A database as an earlier program left it: what its last migrations did, undone. */

/** By the name each begins with. */
const UNDO: Record<string, string> = {
  '0049': `alter table refresh_tokens add column successor_hash text;
    alter table refresh_tokens add column sealed_successor text;
    create index ix_refresh_tokens_successor_hash on refresh_tokens (successor_hash);`,
  '0050': 'create index ix_codes_tenant_id_user_id on codes (tenant_id, user_id);',
  '0051': `drop index ix_grants_tenant_id_user_id_created_at;
    create index ix_grants_tenant_id_user_id on grants (tenant_id, user_id);
    create index ix_grants_tenant_id_session_id on grants (tenant_id, session_id);`,
};

/** Statements after which the database has seen no migration from `name` on. */
export function forgetFrom(name: string): string {
  const undone = Object.entries(UNDO).flatMap(([each, undo]) => (each >= name ? [undo] : []));
  return [...undone, `delete from sallyport_migration where name >= '${name}'`].join('\n');
}
