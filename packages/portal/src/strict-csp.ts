/** Has zod interpret its schemas: compiling them would need `unsafe-eval`. Must run before a schema is made. */
import { config } from 'zod';

config({ jitless: true });
