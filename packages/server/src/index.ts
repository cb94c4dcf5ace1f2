/** Sallyport as a library: embed the server, or test against it. */
export { type Config, ConfigError, readConfig } from './config.js';
export { type RunningServer, serve } from './serve.js';
