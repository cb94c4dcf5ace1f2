import { useTranslation } from 'react-i18next';
import { MenuLink } from '../../ui/links.js';
import classes from './app-editor.module.css';
import { CATEGORIES, type Category, categoryOf } from './app-form.js';

interface CategoryMenuProps {
  applicationId: string;
  current: Category;
  /** Paths of changed fields. */
  changed: readonly string[];
  /** Paths of faulty fields. */
  faulty: readonly string[];
}

/** The categories at the left; a dot marks one that has unsaved changes or faults. */
export function CategoryMenu({ applicationId, current, changed, faulty }: CategoryMenuProps) {
  const { t } = useTranslation();
  const changedCategories = new Set(changed.map(categoryOf));
  const faultyCategories = new Set(faulty.map(categoryOf));
  return (
    <nav className={classes.menu} aria-label={t('apps.categories')}>
      {CATEGORIES.map((category) => {
        const isFaulty = faultyCategories.has(category);
        const isMarked = isFaulty || changedCategories.has(category);
        return (
          <MenuLink
            key={category}
            to="/manage/apps/$applicationId/{-$category}"
            params={{ applicationId, category }}
            active={category === current}
            aria-current={category === current ? 'page' : undefined}
            label={t(`apps.category.${category}`)}
            rightSection={
              isMarked && (
                <span className={classes.mark} data-faulty={isFaulty}>
                  <span className="visually-hidden">
                    {isFaulty ? t('apps.hasFaults') : t('apps.hasChanges')}
                  </span>
                </span>
              )
            }
          />
        );
      })}
    </nav>
  );
}
