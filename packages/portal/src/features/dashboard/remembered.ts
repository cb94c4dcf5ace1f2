import { useCallback, useState } from 'react';
import { useMe } from '../session/session.js';

/** A yes that this browser remembers for the signed-in user. */
export function useRemembered(what: string): [boolean, () => void] {
  const { user } = useMe();
  const key = `sallyport.${what}.${user.id}`;
  const [isSet, setIsSet] = useState(() => localStorage.getItem(key) !== null);
  const remember = useCallback(() => {
    localStorage.setItem(key, 'yes');
    setIsSet(true);
  }, [key]);
  return [isSet, remember];
}
