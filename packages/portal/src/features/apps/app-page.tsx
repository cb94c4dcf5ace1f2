import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { NotFoundPage } from '../session/route-states.js';
import { appQuery } from './app-data.js';
import { AppEditor } from './app-editor.js';
import { isCategory } from './app-form.js';

/** The configuration screen of an app. */
export function AppPage() {
  const { applicationId, category } = useParams({ from: '/manage/apps/$applicationId/{-$category}' });
  const { data } = useSuspenseQuery(appQuery(applicationId));
  if (category !== undefined && !isCategory(category)) return <NotFoundPage />;
  return <AppEditor key={data.value.id} read={data} category={category ?? 'settings'} />;
}
