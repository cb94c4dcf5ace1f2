/** One accent, neutral greys, system fonts; contrast at least 4.5:1 in both themes. */
import {
  ActionIcon,
  Alert,
  Anchor,
  Badge,
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  Menu,
  Skeleton,
  Tooltip,
} from '@mantine/core';
import i18next from 'i18next';
import { BusyButton } from './busy-button.js';

const pine: MantineColorsTuple = [
  '#e8f6f5',
  '#d3eae8',
  '#a5d4d1',
  '#72bdb8',
  '#4bb0a9',
  '#2d9c95',
  '#12817b',
  '#0e6b6b',
  '#0a5757',
  '#064444',
];

/** Mantine stills its transitions by itself, but not this one animation. */
const mayMove = !window.matchMedia('(prefers-reduced-motion: reduce)').matches;

export const theme = createTheme({
  primaryColor: 'pine',
  primaryShade: { light: 7, dark: 6 },
  colors: { pine },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.125rem' }, h3: { fontSize: '1rem' } },
  },
  components: {
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray', size: 'lg' } }),
    // A title in the colour of its ground is too faint on yellow.
    Alert: Alert.extend({
      defaultProps: { variant: 'light' },
      vars: () => ({ root: { '--alert-color': 'var(--mantine-color-text)' } }),
    }),
    Anchor: Anchor.extend({ defaultProps: { underline: 'always' } }),
    // Its words are wrapped where room is short, never cut.
    Badge: Badge.extend({
      defaultProps: { tt: 'none', fw: 500, h: 'auto', mih: 'var(--badge-height)' },
      styles: {
        root: { overflow: 'visible', overflowWrap: 'normal' },
        label: { overflow: 'visible', whiteSpace: 'normal' },
      },
    }),
    Button: { defaultProps: { variant: 'default', component: BusyButton } },
    // Most fields are needed; a star at each would say little, and be read out as part of its name.
    InputWrapper: { defaultProps: { withAsterisk: false } },
    // Its placeholder for the first focus is no item of a menu.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    Modal: {
      // Asked for at each rendering, so that it follows the language.
      defaultProps: () => ({
        transitionProps: { duration: 120 },
        closeButtonProps: { 'aria-label': i18next.t('common.dismiss') },
      }),
    },
    Skeleton: Skeleton.extend({ defaultProps: { animate: mayMove } }),
    Tooltip: Tooltip.extend({
      defaultProps: { events: { hover: true, focus: true, touch: true }, openDelay: 200 },
    }),
  },
});

/** The kit's muted greys and its red are too pale to read; these are not. @see WCAG 2.2 success criterion 1.4.3 */
export const readableColors: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5c636a',
    '--mantine-color-placeholder': '#6b7280',
    '--mantine-color-error': '#c92a2a',
  },
  dark: {
    '--mantine-color-dimmed': '#a9adb3',
    '--mantine-color-placeholder': '#9a9ea5',
    '--mantine-color-error': '#ff8787',
  },
});
