// Stands for the user's browser: signs in with plain forms, allows, and prints the URL it ends at.
//   USERNAME=… PASSWORD=… [TOTP_SECRET=…] node sign-in.mjs URL
import { createScriptedBrowser } from '../../../../../examples/walkthrough/scripted-browser.mjs';
import { totp } from '../../../../../examples/walkthrough/totp.mjs';

const { USERNAME: username, PASSWORD: password, TOTP_SECRET: secret } = process.env;
const browser = createScriptedBrowser();
let page = await browser.open(process.argv[2]);
for (let step = 0; page.hasForm && step < 5; step++)
  page = await browser.submit(page, { username, password, answer: secret && totp(secret) }, 'allow');
process.stdout.write(`${page.url}\n`);
