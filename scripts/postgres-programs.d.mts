interface SystemUser {
  uid: number;
  gid: number;
}

export function findPostgres(others?: readonly string[]): string | undefined;
export function postgresUser(): SystemUser | null;
export function reachable(programs: string, user: SystemUser | null, folder: string): string;
