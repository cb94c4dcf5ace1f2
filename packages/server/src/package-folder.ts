/**
 * This package's own folder. It lies one above this file wherever the file stands: in `src`, in `dist`, and in the
 * bundle; so whatever ships beside the code is found from here alone.
 */
export const PACKAGE_FOLDER = new URL('../', import.meta.url);
