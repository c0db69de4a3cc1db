/** Entry of the language server, as the editor starts it. */
import { join } from 'node:path';
import { serve } from './lsp/server.js';

serve({ dist: join(__dirname, '..') });
