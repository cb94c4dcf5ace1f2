/** Posts the page's one form, so that nobody has to. Without this script the button does it. */
document.querySelector('form[data-submit]').requestSubmit();
