import { useEffect, useRef } from 'react';

/** What opened a menu rather than its entry, which is gone by the time that focus comes back. */
function lasting(element: Element | null): Element | null {
  const opener = element?.closest('[role="menu"]')?.getAttribute('aria-labelledby');
  return opener ? document.getElementById(opener) : element;
}

/** Whether no control has the focus, so that the next Tab would begin at the top of the document. */
export function isFocusNowhere(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

/** Whatever had the focus has it again once the caller is gone and nothing else took it. */
export function useFocusBack(): void {
  const opener = useRef(lasting(document.activeElement));
  useEffect(() => {
    const { current } = opener;
    return () => {
      setTimeout(() => {
        if (isFocusNowhere() && current instanceof HTMLElement && current.isConnected) current.focus();
      });
    };
  }, []);
}
