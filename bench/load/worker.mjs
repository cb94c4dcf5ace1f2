/** The load generator's process: takes one order, answers its figures, ends. */
import { runWindow } from './window.mjs';

process.once('message', async (order) => {
  try {
    process.send({ figures: await runWindow(order) }, () => process.exit(0));
  } catch (error) {
    process.send({ failure: error.message }, () => process.exit(1));
  }
});
