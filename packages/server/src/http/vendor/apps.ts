/** Apps by the vendor's names. protocol 7.3 */
import { type App, AppInput } from '@sallyport/contract';
import { parse } from '../../core/admin/faults.js';
import { AdminError } from '../../core/errors.js';
import { foldLoginName } from '../../core/login-name.js';
import { newId } from '../../kit/random.js';
import { appDocument, changedApp } from './app-document.js';
import { required, text, texts } from './body.js';
import { queryResult, type Row } from './envelope.js';
import { pageOf } from './paging.js';
import { type Call, type Rpc, untilUndisturbed } from './rpc.js';
import { CATEGORIES, templateNamed, templateRows } from './templates.js';
import { isScriptable } from './token-script.js';

const MOST_IMPORTS = 20;

export const appCalls: readonly Call[] = [
  {
    path: '/SaasManage/ImportAppFromTemplate',
    does: 'Creates an app from each template of `ID`. Answers `[{_RowKey, success}]`.',
    answer: importApps,
  },
  {
    path: '/SaasManage/UpdateApplicationDE',
    does: 'Writes the fields present of the app `_RowKey`; `OAuthProfile` is one whole. Answers `{State}`.',
    answer: async (rpc) => {
      const { core, args } = rpc;
      const key = required(args, '_RowKey');
      await rewriteApp(rpc, key, (app) => changedApp(app, args, core.urls.publicUrl));
      return { State: 0 };
    },
  },
  {
    path: '/SaasManage/GetApplication',
    does: 'Reads the app `_RowKey`.',
    answer: async (rpc) =>
      appDocument(await appOf(rpc, required(rpc.args, '_RowKey')), rpc.core.urls.publicUrl),
  },
  {
    path: '/SaasManage/DeleteApplication',
    does: 'Deletes each app of `_RowKey`, up to the first that may not be. Answers `[{_RowKey, success}]`.',
    answer: removeApps,
  },
  {
    path: '/SaasManage/GetAppIDByServiceName',
    methods: ['GET', 'POST'],
    does: 'Answers the row key of the app with the Application ID `Name`.',
    answer: async ({ core, tenant, by, args }) =>
      (await core.admin.apps.get(tenant, by, required(args, 'Name'))).id,
  },
  {
    path: '/SaasManage/ResetAppScript',
    does: 'Takes away the claims that a script gave to the tokens of the app `_RowKey`. Answers null.',
    answer: async (rpc) => {
      const key = required(rpc.args, '_RowKey');
      if ((await appOf(rpc, key)).tokens.claims.some(isScriptable)) await rewriteApp(rpc, key, withoutScript);
      return null;
    },
  },
  {
    path: '/SaasManage/GetPaginatedTemplates',
    does: 'Lists the templates under `AppTemplates`, paged and filtered by `Args`.',
    answer: async ({ args }) => ({ AppTemplates: pageOf('AppTemplate', templateRows(), args) }),
  },
  {
    path: '/SaasManage/GetCustomWebAppTemplates',
    does: 'Lists the templates of the Custom tab.',
    answer: async () => queryResult('AppTemplate', templateRows()),
  },
  {
    path: '/SaasManage/GetCategories',
    does: 'Lists the categories of templates under `Categories`.',
    answer: async () => ({ Categories: CATEGORIES }),
  },
  {
    path: '/UPRest/GetUPData',
    methods: ['GET', 'POST'],
    does: 'Lists the apps that the caller may use under `Apps`.',
    answer: ownApps,
  },
];

/** The app by row key, or by Application ID. */
export async function appOf({ core, tenant, by }: Rpc, key: string): Promise<App> {
  const known = await core.store.read.apps.find(tenant.id, key);
  return core.admin.apps.get(tenant, by, known?.applicationId ?? key);
}

/** Writes the app again with `change` applied to what it is then. */
export async function rewriteApp(rpc: Rpc, key: string, change: (app: App) => AppInput): Promise<void> {
  const { core, tenant, by } = rpc;
  await untilUndisturbed(async () => {
    const app = await appOf(rpc, key);
    await core.admin.apps.replace(tenant, by, app.applicationId, change(app), app.version);
  });
}

function withoutScript({ id: _, createdAt: __, version: ___, logo: ____, ...document }: App): AppInput {
  const claims = document.tokens.claims.filter((claim) => !isScriptable(claim));
  return parse(AppInput, { ...document, tokens: { ...document.tokens, claims } });
}

async function importApps({ core, tenant, by, args }: Rpc): Promise<Row[]> {
  const templates = texts(args, 'ID').map(templateNamed);
  if (templates.length === 0 || templates.length > MOST_IMPORTS)
    throw AdminError.invalid('ID', `names 1 to ${MOST_IMPORTS} templates`);
  const made: Row[] = [];
  for (const { name: template, title: name, wire } of templates) {
    // The Application ID follows with UpdateApplicationDE; until then the app needs one that is free.
    const applicationId = `${wire}-${newId().slice(-12)}`;
    const input = parse(AppInput, { applicationId, template, name });
    const { id } = await core.admin.apps.create(tenant, by, input);
    made.push({ _RowKey: id, ID: wire, Name: name, success: true });
  }
  return made;
}

async function removeApps(rpc: Rpc): Promise<Row[]> {
  const keys = texts(rpc.args, '_RowKey');
  if (keys.length === 0) throw AdminError.invalid('_RowKey', 'is missing');
  const removed: Row[] = [];
  for (const key of keys) {
    const { applicationId } = await appOf(rpc, key);
    await rpc.core.admin.apps.remove(rpc.tenant, rpc.by, applicationId);
    removed.push({ _RowKey: key, success: true });
  }
  return removed;
}

/** An app's description is for administrators only. */
async function ownApps({ core, context, principal, args }: Rpc): Promise<Row> {
  const { user } = principal.subject;
  const name = text(args, 'username');
  if (name && foldLoginName(name) !== user.loginKey)
    throw new AdminError('forbidden', 'only your own apps can be listed');
  const apps = await core.admin.ownAccount.apps(context, principal);
  const rows = await Promise.all(
    apps.map(async ({ applicationId, name: title, category, logo }) => ({
      AppKey: (await core.directory.app(context.tenant.id, applicationId))?.id ?? applicationId,
      Name: title,
      DisplayName: title,
      ServiceName: applicationId,
      Category: category,
      AppType: 'Web',
      WebAppType: 'OAuth',
      Icon: logo ?? '/favicon.svg',
    })),
  );
  return { Apps: rows };
}
