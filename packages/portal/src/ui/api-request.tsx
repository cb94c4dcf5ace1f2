import { Button, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconApi } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { apiUrl } from '../api.js';
import { CodeBlock } from './code-block.js';

interface ApiRequestProps {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Below `/api/v1`. */
  target: string;
  body?: unknown;
  etag?: string;
}

/** A button that shows the request which does the same as the page. */
export function ApiRequest(props: ApiRequestProps) {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button leftSection={<IconApi size={18} aria-hidden />} onClick={open}>
        {t('api.button')}
      </Button>
      <Modal opened={opened} onClose={close} title={t('api.title')} size="lg">
        <Stack>
          <Text size="sm">{t('api.text')}</Text>
          {opened && <CodeBlock code={curl(props)} what={t('api.title')} />}
        </Stack>
      </Modal>
    </>
  );
}

/** Within single quotes a shell reads everything literally, but for the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function curl({ method, target, body, etag }: ApiRequestProps): string {
  const headers = [
    'authorization: Bearer TOKEN',
    ...(etag === undefined ? [] : [`if-match: ${etag}`]),
    ...(body === undefined ? [] : ['content-type: application/json']),
  ];
  return [
    `curl -X ${method} ${quoted(window.location.origin + apiUrl(target))}`,
    ...headers.map((header) => `  -H ${quoted(header)}`),
    ...(body === undefined ? [] : [`  -d ${quoted(JSON.stringify(body, null, 2))}`]),
  ].join(' \\\n');
}
