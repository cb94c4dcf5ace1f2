/** Goes on as soon as every frame has loaded. Without this script the page waits a moment, or its link is used. */
const link = document.querySelector('a#go-on');
addEventListener('load', () => location.replace(link.href));
