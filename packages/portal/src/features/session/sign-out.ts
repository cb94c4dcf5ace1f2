/**
 * Ends the session by the server's own page: there the clients that asked for it hear of it in frames, and the user
 * goes on to the login page. @see OpenID Connect Front-Channel Logout 1.0
 */
export function signOut(): void {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = '/logout';
  document.body.append(form);
  form.submit();
}
