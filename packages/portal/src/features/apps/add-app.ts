/** New apps, from a template or a preset. */
import { APP_PRESETS, App, type AppPreset } from '@sallyport/contract';
import { api } from '../../api.js';

export interface Adding {
  template: App['template'];
  /** Settings that go together. */
  preset?: AppPreset;
  /** The template's name for people. */
  name: string;
}

/** Adds an app under the first free Application ID that begins with the template's name. */
export async function addFromTemplate({ template, preset, name }: Adding): Promise<App> {
  const first = preset ?? template;
  const { items } = await api.page('/apps', App, { search: first, limit: 200 });
  const taken = new Set(items.map(({ applicationId }) => applicationId.toLowerCase()));
  let number = 1;
  const id = () => (number === 1 ? first : `${first}-${number}`);
  while (taken.has(id().toLowerCase())) number++;
  const settings = preset ? APP_PRESETS[preset] : { template };
  const input = { ...settings, applicationId: id(), name: number === 1 ? name : `${name} ${number}` };
  return (await api.write('POST', '/apps', App, input)).value;
}
