import { Button, Menu, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCheck, IconChevronDown } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { LANGUAGES, type Language, speak } from '../../i18n/i18n.js';
import { useMe, useRight } from './session.js';
import { signOut } from './sign-out.js';
import classes from './user-menu.module.css';

/** The menu at the top right: who is signed in, the other portal, language, sign out. */
export function UserMenu({ portal }: { portal: 'admin' | 'user' }) {
  const { t, i18n } = useTranslation();
  const { user } = useMe();
  const mayAdminister = useRight('Admin Portal Login');
  const navigate = useNavigate();
  const [about, { open, close }] = useDisclosure();
  const name = user.displayName || user.loginName;

  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <Button
            variant="subtle"
            color="gray"
            px="xs"
            className={classes.button}
            rightSection={<IconChevronDown size={16} aria-hidden />}
          >
            <span className={classes.name}>{name}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{user.loginName}</Menu.Label>
          {portal === 'admin' && (
            <Menu.Item onClick={() => void navigate({ to: '/my' })}>{t('userMenu.toUserPortal')}</Menu.Item>
          )}
          {portal === 'user' && mayAdminister && (
            <Menu.Item onClick={() => void navigate({ to: '/manage' })}>
              {t('userMenu.toAdminPortal')}
            </Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Label>{t('userMenu.language')}</Menu.Label>
          {(Object.keys(LANGUAGES) as Language[]).map((language) => (
            <Menu.Item
              key={language}
              lang={language}
              aria-current={language === i18n.language}
              rightSection={language === i18n.language ? <IconCheck size={16} aria-hidden /> : undefined}
              onClick={() => void speak(language)}
            >
              {LANGUAGES[language]}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={open}>{t('userMenu.about')}</Menu.Item>
          <Menu.Item onClick={signOut}>{t('userMenu.signOut')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={about} onClose={close} title={t('userMenu.about')}>
        <Text>{t('userMenu.aboutText')}</Text>
      </Modal>
    </>
  );
}
