import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { appQuery } from './app-data.js';
import { AppEditor } from './app-editor.js';
import { isCategory } from './app-form.js';

/** The configuration screen of an app. */
export function AppPage() {
  const { applicationId, category } = useParams({ from: '/manage/apps/$applicationId/{-$category}' });
  const { data } = useSuspenseQuery(appQuery(applicationId));
  return (
    <AppEditor key={data.value.id} read={data} category={isCategory(category) ? category : 'settings'} />
  );
}
