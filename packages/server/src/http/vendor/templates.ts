/** The templates that apps are made from. protocol 6 and 7.3 */
import { AppInput } from '@sallyport/contract';
import { AdminError } from '../../core/errors.js';
import type { KeyedRow } from './envelope.js';

interface Template {
  /** The vendor's name, which is not what its screens say. */
  wire: string;
  /** The name of contract section 4. */
  name: string;
  title: string;
  description: string;
}

const TEMPLATES: readonly Template[] = [
  {
    wire: 'OAuth2ServerClient',
    name: 'OAuth2Client',
    title: 'OAuth2 Client',
    description: "Tokens for this server's own API",
  },
  {
    wire: 'OAuth2Server',
    name: 'OAuth2Server',
    title: 'OAuth2 Server',
    description: 'Tokens for an API of yours',
  },
];

export const CATEGORIES: readonly string[] = ['Custom'];

/** The vendor's name of an app's template. */
export function wireTemplate(name: string): string {
  return TEMPLATES.find((template) => template.name === name)?.wire ?? name;
}

/** The template by the vendor's name. Throws `invalid`. */
export function templateNamed(wire: string): Template {
  const found = TEMPLATES.find((template) => template.wire.toLowerCase() === wire.toLowerCase());
  const known = TEMPLATES.map((template) => template.wire).join(', ');
  if (!found) throw AdminError.invalid('ID', `there is no template "${wire}"; there are ${known}`);
  return found;
}

/** Those that an app can be made from. */
export function templateRows(): KeyedRow[] {
  return TEMPLATES.filter(({ name }) => AppInput.shape.template.safeParse(name).success).map(
    ({ wire, title, description }) => ({
      key: wire,
      row: {
        ID: wire,
        Name: wire,
        DisplayName: title,
        TemplateName: wire,
        Description: description,
        Category: CATEGORIES[0],
        AppType: 'Web',
        AppTypeDisplayName: 'Web',
        WebAppType: 'OAuth',
        WebAppTypeDisplayName: 'OAuth2',
        Generic: true,
        Version: '1.0',
      },
    }),
  );
}
