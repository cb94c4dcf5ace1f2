import { Skeleton, Stack } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorState } from './states.js';

interface QueryStatesProps<T> {
  query: UseQueryResult<T>;
  /** What is on its way, for screen readers. */
  what: string;
  children(data: T): ReactNode;
}

/** What was read, or that it is on its way, or why it could not be read. */
export function QueryStates<T>({ query, what, children }: QueryStatesProps<T>) {
  const { t } = useTranslation();
  if (query.isSuccess) return children(query.data);
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return (
    <Stack gap="xs" role="status" aria-label={t('common.loadingWhat', { what })}>
      <Skeleton h={20} w="60%" />
      <Skeleton h={20} w="80%" />
      <Skeleton h={20} w="45%" />
    </Stack>
  );
}
