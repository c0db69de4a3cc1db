/** What is thrown when the server is gone in the midst of a question. */
import { t } from '../../server/src/base/l10n.js';

/** The server stopped before it answered; it may be running again by now. */
export class ServerLost extends Error {
  constructor() {
    super(t('The server stopped while it was answering'));
    this.name = 'ServerLost';
  }
}
