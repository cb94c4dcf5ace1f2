import { Alert, Stack, Tabs, Text } from '@mantine/core';
import type { TrafficStep } from '@sallyport/contract';
import { useTranslation } from 'react-i18next';
import { CodeBlock } from '../../ui/code-block.js';
import { Copyable } from '../../ui/copyable.js';
import { CheckList } from './check-list.js';
import { Remedy } from './remedy.js';
import { decisionWords, rawRequest, rawResponse } from './step-words.js';

/** Everything about one step: why, what to change, and the messages as they were, masked. */
export function StepDetail({ step }: { step: TrafficStep }) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      {step.failed && (
        <Alert color="red" title={t('traffic.refusedHere')}>
          <Text size="sm">{decisionWords(step.checks, t)}</Text>
          {step.remedy && <Remedy remedy={step.remedy} />}
        </Alert>
      )}
      <CheckList checks={step.checks} />
      <Tabs defaultValue="request" keepMounted={false}>
        <Tabs.List aria-label={t('traffic.messages')}>
          <Tabs.Tab value="request">{t('traffic.request')}</Tabs.Tab>
          <Tabs.Tab value="response">{t('traffic.response')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="request" pt="xs">
          <CodeBlock code={rawRequest(step)} what={t('traffic.request')} />
        </Tabs.Panel>
        <Tabs.Panel value="response" pt="xs">
          <CodeBlock code={rawResponse(step)} what={t('traffic.response')} />
        </Tabs.Panel>
      </Tabs>
      <Text size="sm" component="div">
        {t('traffic.reference')} <Copyable value={step.correlationId} what={t('traffic.reference')} />
      </Text>
    </Stack>
  );
}
