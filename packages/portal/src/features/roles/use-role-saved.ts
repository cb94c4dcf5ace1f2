import type { Role } from '@sallyport/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Versioned } from '../../api.js';
import { notifyDone } from '../../ui/notify.js';
import { roleQuery } from './role-data.js';

/** Takes up a role that was saved, and says so. */
export function useRoleSaved(): (saved: Versioned<Role>) => void {
  const { t } = useTranslation();
  const queries = useQueryClient();
  return (saved) => {
    queries.setQueryData(roleQuery(saved.value.id).queryKey, saved);
    for (const key of ['roles', 'changes', 'me']) void queries.invalidateQueries({ queryKey: [key] });
    notifyDone(t('roles.saved', { name: saved.value.name }));
  };
}
