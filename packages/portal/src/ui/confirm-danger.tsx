import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFocusBack } from './focus-back.js';
import { errorText } from './states.js';

interface ConfirmDangerProps {
  opened: boolean;
  onClose(): void;
  title: string;
  /** What will stop working. */
  children: ReactNode;
  /** When given, must be typed first. */
  name?: string;
  /** The verb on the red button. */
  action: string;
  perform(): Promise<unknown>;
}

/** Asks before something that cannot be taken back; red only here. */
export function ConfirmDanger(props: ConfirmDangerProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title}>
      {props.opened && <Question {...props} />}
    </Modal>
  );
}

function Question({ onClose, children, name, action, perform }: ConfirmDangerProps) {
  const { t } = useTranslation();
  useFocusBack();
  const [typed, setTyped] = useState('');
  const [missed, setMissed] = useState(false);
  const doing = useMutation({ mutationFn: perform, onSuccess: onClose });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // Over another form, that one must not be sent too.
    event.stopPropagation();
    if (name !== undefined && typed.trim() !== name) setMissed(true);
    else doing.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text component="div">{children}</Text>
        {name !== undefined && (
          <TextInput
            label={t('common.typeToConfirm', { name })}
            value={typed}
            data-autofocus
            autoComplete="off"
            error={missed && typed.trim() !== name ? t('common.typedOtherwise') : undefined}
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        )}
        {doing.isError && (
          <Alert color="red" role="alert">
            {errorText(doing.error, t)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" variant="filled" color="red.9" loading={doing.isPending}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
