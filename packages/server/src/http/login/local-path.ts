/** Where to go when no usable place was named. */
const HOME = '/my';

/**
 * The place on this very site that `target` names, with or without its leading slash, or the portal when it names
 * none: nothing that a browser could read as another host or as a scheme gets through.
 */
export function localPath(target: string | undefined): string {
  if (!target || target.length > 2000 || /[\p{Cc}\p{Zl}\p{Zp}\\]/u.test(target)) return HOME;
  const path = target.startsWith('/') ? target : `/${target}`;
  const here = 'http://here.invalid';
  if (!URL.canParse(path, here)) return HOME;
  const url = new URL(path, here);
  const isHere = url.origin === here && !url.pathname.startsWith('//');
  return isHere ? `${url.pathname}${url.search}${url.hash}` : HOME;
}
