import './strict-csp.js';
import './ui/kit-styles.js';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api.js';
import { startI18n } from './i18n/i18n.js';
import { createPortalRouter } from './routes.js';
import { Notices } from './ui/notices.js';
import { readableColors, theme } from './ui/theme.js';

const queries = new QueryClient({
  defaultOptions: {
    // The server may be this very machine: whether there is a network says nothing, and a call that fails says so.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      staleTime: 10_000,
      // What the server refused, it refuses again; what did not arrive may.
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError),
    },
  },
});
const router = createPortalRouter(queries);

/** The nonce that the server put into this page, under which the kit may add style elements. */
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
/** The same for the scroll lock under dialogs, which looks for it by this name. */
Object.assign(window, { __webpack_nonce__: nonce });

await startI18n();
const place = document.getElementById('root');
if (place)
  createRoot(place).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={readableColors}
        deduplicateCssVariables={false}
        defaultColorScheme="auto"
        getStyleNonce={() => nonce}
      >
        <QueryClientProvider client={queries}>
          <Notices />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
