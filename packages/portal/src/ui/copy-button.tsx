import { ActionIcon, Button, CopyButton as Copying, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

interface CopyButtonProps {
  value: string;
  /** What is copied, as in "Copy *Token endpoint*". */
  what: string;
  /** Draws the word beside the icon. */
  worded?: boolean;
}

/** Copies `value` and says so, to screen readers too. */
export function CopyButton({ value, what, worded = false }: CopyButtonProps) {
  const { t } = useTranslation();
  return (
    <Copying value={value} timeout={2000}>
      {({ copied, copy }) => {
        const icon = copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />;
        const said = copied ? t('common.copied') : t('common.copy');
        return (
          <>
            {worded ? (
              <Button
                size="compact-sm"
                leftSection={icon}
                onClick={copy}
                aria-label={t('common.copyWhat', { what })}
              >
                {said}
              </Button>
            ) : (
              <Tooltip label={said}>
                <ActionIcon onClick={copy} aria-label={t('common.copyWhat', { what })}>
                  {icon}
                </ActionIcon>
              </Tooltip>
            )}
            <span className="visually-hidden" aria-live="polite">
              {copied ? t('common.copiedWhat', { what }) : ''}
            </span>
          </>
        );
      }}
    </Copying>
  );
}
