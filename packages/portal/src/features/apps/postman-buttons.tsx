import { Button, Group, Text } from '@mantine/core';
import { PostmanCollection, PostmanEnvironment } from '@sallyport/contract';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, path } from '../../api.js';
import { notifyFailed } from '../../ui/notify.js';
import { saveFile } from '../../ui/save-file.js';
import { errorText } from '../../ui/states.js';

type Kind = 'collection' | 'environment';

/** The app's endpoints for Postman; the values that the requests read may be kept apart from them. */
export function PostmanButtons({ applicationId }: { applicationId: string }) {
  const { t } = useTranslation();
  const saving = useMutation({
    mutationFn: async (kind: Kind) => {
      const text = JSON.stringify(await read(applicationId, kind), null, 2);
      saveFile(`${applicationId}.postman_${kind}.json`, text, 'application/json');
    },
    onError: (error) => notifyFailed(errorText(error, t)),
  });
  return (
    <>
      <Text size="sm" c="dimmed">
        {t('apps.postman.text')}
      </Text>
      <Group gap="sm">
        {(['collection', 'environment'] as const).map((kind) => (
          <Button
            key={kind}
            leftSection={<IconDownload size={16} aria-hidden />}
            loading={saving.isPending && saving.variables === kind}
            onClick={() => saving.mutate(kind)}
          >
            {t(`apps.postman.${kind}`)}
          </Button>
        ))}
      </Group>
    </>
  );
}

function read(applicationId: string, kind: Kind): Promise<object> {
  const collection = `${path('apps', applicationId)}/postman`;
  return kind === 'collection'
    ? api.get(collection, PostmanCollection)
    : api.get(`${collection}/environment`, PostmanEnvironment);
}
