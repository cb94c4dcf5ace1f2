import { Anchor, Button, Group, Modal, Text } from '@mantine/core';
import type { CreatedUser } from '@sallyport/contract';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormDialog } from '../../ui/form-dialog.js';
import { notifyDone } from '../../ui/notify.js';
import { useMe } from '../session/session.js';
import { UserForm } from '../users/user-form.js';
import type { PanelProps } from './category-panel.js';

/** The link to a Create User form for a confidential client of this app; saves pending changes first. */
export function CreateClient({ app, editing }: PanelProps) {
  const { t } = useTranslation();
  const { user } = useMe();
  const [step, setStep] = useState<'closed' | 'save first' | 'form'>('closed');
  const close = () => setStep('closed');

  const start = () => setStep(editing.changed.length > 0 ? 'save first' : 'form');
  const saveFirst = async () => setStep((await editing.save('general-usage')) ? 'form' : 'closed');
  const created = ({ loginName }: CreatedUser) => {
    close();
    notifyDone(t('apps.clientCreated', { name: loginName }));
  };
  return (
    <>
      <Anchor component="button" type="button" size="sm" onClick={start}>
        {t('apps.createClient')}
      </Anchor>
      <Modal opened={step === 'save first'} onClose={close} title={t('apps.saveFirstTitle')}>
        <Text mb="lg">{t('apps.saveFirstText')}</Text>
        <Group justify="flex-end">
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button variant="filled" data-autofocus loading={editing.isSaving} onClick={() => void saveFirst()}>
            {t('apps.saveAndGoOn')}
          </Button>
        </Group>
      </Modal>
      {step === 'form' && (
        <FormDialog onClose={close} title={t('apps.createClientTitle')} size="lg">
          <UserForm
            initial={{
              confidentialClient: true,
              loginName: app.applicationId.toLowerCase(),
              displayName: `${app.name} client`,
              email: user.email,
            }}
            onCreated={created}
            onCancel={close}
          />
        </FormDialog>
      )}
    </>
  );
}
