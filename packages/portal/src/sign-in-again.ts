/** Leaves for the login page, which comes back to where the reader was. Never resolves. */
export function signInAgain(): Promise<never> {
  const here = `${window.location.pathname}${window.location.search}`.replace(/^\//, '');
  window.location.assign(`/login?cloudRedirect=${encodeURIComponent(here)}`);
  return new Promise(() => {});
}
