import { useRouter } from '@tanstack/react-router';
import { type RefObject, useEffect } from 'react';
import { isFocusNowhere } from './focus-back.js';

/** Milliseconds after which a dialog that led to another page is gone. */
const SETTLED = 200;

/** On another page, `content` has the focus where that went with the page before. */
export function useFocusContent(content: RefObject<HTMLElement | null>): void {
  const router = useRouter();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
      if (!fromLocation || !pathChanged) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (isFocusNowhere()) content.current?.focus({ preventScroll: true });
      }, SETTLED);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [router, content]);
}
