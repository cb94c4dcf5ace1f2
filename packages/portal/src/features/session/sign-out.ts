/** Ends the session and leaves for the login page. */
export async function signOut(): Promise<void> {
  const response = await fetch('/security/logout', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-centrify-native-client': '1' },
    body: '{}',
  });
  if (!response.ok) throw new Error(`sign-out was answered ${response.status}`);
  window.location.assign('/login');
}
