import { Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import classes from './page-header.module.css';

interface PageHeaderProps {
  title: string;
  /** One sentence: what this page is for. */
  lead?: ReactNode;
  /** The way back, drawn before the title. */
  trail?: ReactNode;
  /** Buttons at the right. */
  actions?: ReactNode;
}

/** The one `h1` of a page; it names the document too. */
export function PageHeader({ title, lead, trail, actions }: PageHeaderProps) {
  useDocumentTitle(`${title} · Sallyport`);
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="sm">
      <Stack gap={4} className={classes.words}>
        {trail && (
          <Text size="sm" component="div">
            {trail}
          </Text>
        )}
        <Title order={1}>{title}</Title>
        {lead && (
          <Text c="dimmed" maw="44rem">
            {lead}
          </Text>
        )}
      </Stack>
      {actions && <Group gap="sm">{actions}</Group>}
    </Group>
  );
}
