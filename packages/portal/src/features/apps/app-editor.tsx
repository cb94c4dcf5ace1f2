/** The configuration screen: categories at the left, one form over all of them, one *Save*. */

import { Button, Group, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import type { App } from '@sallyport/contract';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { path, type Versioned } from '../../api.js';
import { ApiRequest } from '../../ui/api-request.js';
import { ErrorSummary, focusField } from '../../ui/error-summary.js';
import { TextLink } from '../../ui/links.js';
import { PageHeader } from '../../ui/page-header.js';
import { UnsavedGuard } from '../../ui/unsaved-guard.js';
import { useRight } from '../session/session.js';
import { cleaned } from './app-data.js';
import classes from './app-editor.module.css';
import { AppFormProvider, type Category, categoryOf } from './app-form.js';
import { CategoryMenu } from './category-menu.js';
import { CategoryPanel } from './category-panel.js';
import { ConflictDialog } from './conflict-dialog.js';
import { fieldLabel } from './field-labels.js';
import { useAppEditing } from './use-app-editing.js';

/** Categories on which nothing of the app is changed. */
const READ_ONLY: readonly Category[] = ['changelog', 'try-it'];

interface AppEditorProps {
  read: Versioned<App>;
  category: Category;
}

export function AppEditor({ read, category }: AppEditorProps) {
  const { t } = useTranslation();
  const mayWrite = useRight('Application Management');
  const editing = useAppEditing(read);
  const { form, changed, app } = editing;
  const place = useRef<HTMLFormElement>(null);
  const [wanted, setWanted] = useState<string | null>(null);

  useEffect(() => {
    if (wanted === null || categoryOf(wanted) !== category) return;
    focusField(place.current, wanted);
    setWanted(null);
  }, [wanted, category]);

  const focus = (field: string) => {
    setWanted(field);
    void editing.open(categoryOf(field));
  };
  const save = () => void editing.save(category);
  useHotkeys([['mod+S', save]], []);

  return (
    <AppFormProvider form={form}>
      <form
        ref={place}
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          // React hands up what a form in a dialog submits; that is not this one.
          if (event.target === event.currentTarget) save();
        }}
      >
        <div className={classes.head}>
          <PageHeader
            trail={<TextLink to="/manage/apps">{t('menu.apps')}</TextLink>}
            title={app.name}
            actions={
              mayWrite && (
                <Group gap="sm">
                  <ChangeCount count={changed.length} />
                  <ApiRequest
                    method="PUT"
                    target={`/apps${path(app.applicationId)}`}
                    body={cleaned(form.values)}
                    etag={editing.etag}
                  />
                  <Button type="submit" variant="filled" loading={editing.isSaving}>
                    {t('common.save')}
                  </Button>
                </Group>
              )
            }
          />
        </div>
        <ErrorSummary
          errors={form.errors}
          general={editing.failure}
          labelOf={(field) => fieldLabel(field, t)}
          focus={focus}
          attempt={editing.attempt}
        />
        <div className={classes.screen}>
          <CategoryMenu
            applicationId={app.applicationId}
            current={category}
            changed={changed}
            faulty={Object.keys(form.errors)}
          />
          <fieldset className={classes.panel} disabled={!mayWrite && !READ_ONLY.includes(category)}>
            <CategoryPanel category={category} app={app} editing={editing} />
          </fieldset>
        </div>
      </form>
      <UnsavedGuard
        dirty={changed.length > 0}
        allows={(pathname) => `${pathname}/`.startsWith(`/manage/apps${path(app.applicationId)}/`)}
      />
      <ConflictDialog editing={editing} />
    </AppFormProvider>
  );
}

/** How many fields *Save* would change; read out when that changes. */
function ChangeCount({ count }: { count: number }) {
  const { t } = useTranslation();
  return (
    <Text size="sm" c="dimmed" aria-live="polite" className={classes.count}>
      {count > 0 && t('apps.changedFields', { count })}
    </Text>
  );
}
