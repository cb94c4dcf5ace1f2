import { Container } from '@mantine/core';
import { type ErrorComponentProps, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api.js';
import { ButtonLink } from '../../ui/links.js';
import { PageHeader } from '../../ui/page-header.js';
import { EmptyState, ErrorState } from '../../ui/states.js';

/** A page that could not be drawn. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  // What a page was to show is gone: that is no better than an address without a page.
  if (error instanceof ApiError && error.status === 404) return <NotFoundPage />;
  return (
    <Container py="xl">
      <ErrorState error={error} retry={reset} />
    </Container>
  );
}

/** An address that is no page. */
export function NotFoundPage() {
  const { t } = useTranslation();
  const isManaging = useLocation({ select: ({ pathname }) => /^\/manage(\/|$)/.test(pathname) });
  return (
    <>
      <PageHeader title={t('notFound.title')} />
      <EmptyState
        title={t('notFound.heading')}
        text={t('notFound.text')}
        action={
          isManaging ? (
            <ButtonLink to="/manage">{t('menu.dashboard')}</ButtonLink>
          ) : (
            <ButtonLink to="/my">{t('menu.myApps')}</ButtonLink>
          )
        }
      />
    </>
  );
}
