import type { ComponentProps } from 'react';

type BusyButtonProps = ComponentProps<'button'> & { 'data-loading'?: boolean };

/** What the kit's buttons are made of. It would disable one whose work is under way, and so take the focus from it. */
export function BusyButton({ disabled, onClick, type = 'button', ...rest }: BusyButtonProps) {
  const isBusy = rest['data-loading'] === true;
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled && !isBusy}
      aria-disabled={isBusy || rest['aria-disabled']}
      onClick={isBusy ? (event) => event.preventDefault() : onClick}
    />
  );
}
