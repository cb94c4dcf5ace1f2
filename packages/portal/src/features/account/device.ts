/** Names a browser and a system from what a browser says of itself. A hint for people, never a decision. */
import type { Translate } from '../../i18n/i18n.js';

const BROWSERS: [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\//, 'Firefox'],
  [/\bFxiOS\//, 'Firefox'],
  [/\b(?:Headless)?Chrome\//, 'Chrome'],
  [/\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const SYSTEMS: [RegExp, string][] = [
  [/\bAndroid\b/, 'Android'],
  [/\b(?:iPhone|iPad)\b/, 'iOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

function firstOf(names: [RegExp, string][], userAgent: string): string | undefined {
  return names.find(([pattern]) => pattern.test(userAgent))?.[1];
}

export interface Device {
  /** The browser, or the program's own name. */
  program: string;
  system: string | undefined;
  /** Whether it is held in a hand. */
  mobile: boolean;
}

export function deviceOf(userAgent: string): Device {
  const system = firstOf(SYSTEMS, userAgent);
  const program = firstOf(BROWSERS, userAgent) ?? userAgent.split(/[ /]/, 1)[0] ?? '';
  return { program, system, mobile: system === 'Android' || system === 'iOS' };
}

/** "Chrome on Linux", as far as it is known. */
export function deviceText(userAgent: string, t: Translate): string {
  const { program, system } = deviceOf(userAgent);
  if (program === '') return t('account.unknownDevice');
  return system === undefined ? program : t('account.device', { program, system });
}
