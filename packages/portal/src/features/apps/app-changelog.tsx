import { ChangeLog } from '../changelog/change-log.js';
import { readApp } from './app-data.js';
import type { PanelProps } from './category-panel.js';

/** Who changed what of this app, newest first. */
export function AppChangelog({ app, editing }: PanelProps) {
  return (
    <ChangeLog
      object={`apps/${app.applicationId}`}
      onRestored={async ({ object }) => editing.takeUp(await readApp(object.replace('apps/', '')))}
    />
  );
}
