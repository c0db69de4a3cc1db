/**
 * The page's language, told by its owner in the page itself. Imported before everything else: what the other modules
 * draw at once is in it too.
 */
import { type Sentences, speak } from '../../../../server/src/base/l10n.js';

speak(JSON.parse(document.documentElement.dataset['sentences'] ?? '{}') as Sentences);
