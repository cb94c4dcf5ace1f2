/** A dialog that holds a form: a slip of the hand throws nothing away, and focus goes back to where it came from. */
import { Modal, type ModalProps } from '@mantine/core';
import { createContext, useCallback, useContext, useId, useLayoutEffect, useRef, useState } from 'react';
import { useFocusBack } from './focus-back.js';
import { type Loss, UnsavedQuestion } from './unsaved-question.js';

type Report = (from: string, loss: Loss | null) => void;

const ReportLoss = createContext<Report | null>(null);

/** Tells the dialog around, if there is one, what closing it would lose; null for nothing. */
export function useReportLoss(loss: Loss | null): void {
  const report = useContext(ReportLoss);
  const from = useId();
  useLayoutEffect(() => {
    report?.(from, loss);
    return () => report?.(from, null);
  }, [report, from, loss]);
}

type FormDialogProps = Omit<ModalProps, 'opened' | 'closeOnClickOutside'>;

/** Open as long as it is there. `onClose` follows a question where something inside would be lost. */
export function FormDialog({ onClose, children, ...rest }: FormDialogProps) {
  const losses = useRef(new Map<string, Loss>());
  const report = useCallback<Report>((from, loss) => {
    if (loss === null) losses.current.delete(from);
    else losses.current.set(from, loss);
  }, []);
  const [asking, setAsking] = useState<Loss | null>(null);
  useFocusBack();
  const close = () => {
    const [loss] = losses.current.values();
    if (loss) setAsking(loss);
    else onClose();
  };
  return (
    <>
      <Modal {...rest} opened closeOnClickOutside={false} closeOnEscape={asking === null} onClose={close}>
        <ReportLoss value={report}>{children}</ReportLoss>
      </Modal>
      {asking && <UnsavedQuestion loss={asking} leave={onClose} stay={() => setAsking(null)} />}
    </>
  );
}
