/** A dialog that holds a form: a slip of the hand throws nothing away, and focus goes back to where it came from. */
import { Modal, type ModalProps } from '@mantine/core';
import { createContext, useCallback, useContext, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { UnsavedQuestion } from './unsaved-question.js';

const ReportUnsaved = createContext<((unsaved: boolean) => void) | null>(null);

/** Tells the dialog around, if there is one, whether it would lose something. */
export function useReportUnsaved(unsaved: boolean): void {
  const report = useContext(ReportUnsaved);
  useLayoutEffect(() => report?.(unsaved), [report, unsaved]);
}

/** Whatever had the focus has it again once the caller is gone and nothing else took it. */
function useFocusBack(): void {
  const opener = useRef(document.activeElement);
  useEffect(() => {
    const { current } = opener;
    return () => {
      setTimeout(() => {
        const isNowhere = document.activeElement === null || document.activeElement === document.body;
        if (isNowhere && current instanceof HTMLElement && current.isConnected) current.focus();
      });
    };
  }, []);
}

type FormDialogProps = Omit<ModalProps, 'opened' | 'closeOnClickOutside'>;

/** Open as long as it is there. `onClose` follows a question where a form inside has something that is not saved. */
export function FormDialog({ onClose, children, ...rest }: FormDialogProps) {
  const unsaved = useRef(false);
  const report = useCallback((is: boolean) => {
    unsaved.current = is;
  }, []);
  const [asking, setAsking] = useState(false);
  useFocusBack();
  return (
    <>
      <Modal
        {...rest}
        opened
        closeOnClickOutside={false}
        closeOnEscape={!asking}
        onClose={() => (unsaved.current ? setAsking(true) : onClose())}
      >
        <ReportUnsaved value={report}>{children}</ReportUnsaved>
      </Modal>
      {asking && <UnsavedQuestion leave={onClose} stay={() => setAsking(false)} />}
    </>
  );
}
