/**
 * The condition of the index over denials. A query that repeats it word for word uses the index on either database;
 * of a type that comes later the index would know nothing, so this names what is left out.
 */
export const DENIALS =
  "type <> 'token.issued' and type <> 'login.success' and type <> 'logout' and type <> 'consent.allowed' and type <> 'token.revoked'";
