/**
 * Entry of the process that alone loads native packages. One may abort, and takes nothing with it but what is
 * computed anew.
 *
 * Each service has its own order, but all share this thread: a native call that runs long holds up the others, so whoever
 * calls cuts work into pieces of some 50 ms and awaits each.
 */
import { serveCalls } from './base/calls.js';
import { speakLanguageOf } from './base/languages.js';
import { runInBackground } from './base/priority.js';
import { graphServices } from './gpu/graphCalls.js';
import { onnxCalls } from './gpu/onnxCalls.js';

runInBackground();
const [native = '', locale] = process.argv.slice(2);
speakLanguageOf(locale);
for (const service of [...graphServices(native), onnxCalls(native)]) serveCalls(process, service);
// Also when the owner was killed: its end of the channel closes whatever it died of.
process.on('disconnect', () => process.exit());
