/** What the editor says of where code and questions go: of the settings as they are, and of an answer as it was made. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { overviewOf } from '../../client/src/chat/overview.js';
import { answeredBy, searchPartSentence, searchSent, sentElsewhere } from '../../client/src/searchModels.js';
import { modelSentence, summarise } from '../../client/src/summary.js';
import type { SearchModel, Trace } from '../../server/src/base/answer.js';
import type { Status } from '../../server/src/base/status.js';
import { statusText } from '../../server/src/cliText.js';

const STATUS: Status = {
  root: '/home/ada/shop',
  state: 'ready',
  progress: null,
  scannedAt: '2026-01-01T00:00:00Z',
  generation: 1,
  files: 3,
  chunks: 3,
  lines: { total: 8, covered: 8 },
  bytes: 100,
  store: { path: '/store', bytes: 100, role: 'owner' },
  embedder: { name: 'own', dimensions: 256, device: 'cpu' },
  nextEmbedder: null,
  reranker: null,
  model: { name: 'extractive', destination: '' },
  failed: [],
  skipped: {},
  degraded: [],
  version: '1',
};
const FAR = 'https://vectors.example';
const far = { name: 'far', dimensions: 1024, device: FAR };
const order = { name: 'order', device: 'http://10.0.0.7:8080' };

/** Everything that the editor and the terminal say of this. */
function told(status: Status): string[] {
  const summary = summarise([status]);
  return [
    modelSentence(summary),
    ...sentElsewhere(summary).map(({ sentence }) => sentence),
    ...summary.search.map((part) => searchPartSentence(part, summary)),
  ];
}

test.each([
  [
    'the bundled embedder',
    {},
    [
      'Answers are extracts of your code. Nothing leaves this machine.',
      '256 dimensions, on this machine’s processor. Nothing leaves this machine.',
    ],
  ],
  [
    'one on the GPU',
    { embedder: { ...far, device: 'webgpu' } },
    [
      'Answers are extracts of your code. Nothing leaves this machine.',
      '1,024 dimensions, on this machine (webgpu). Nothing leaves this machine.',
    ],
  ],
  [
    'one on a server',
    { embedder: far },
    [
      'Answers are extracts of your code.',
      'Passages of your code and your questions are sent to https://vectors.example.',
      '1,024 dimensions. Passages of your code and your questions are sent to https://vectors.example.',
    ],
  ],
  [
    'one on a server of this machine',
    { embedder: { ...far, device: 'http://127.0.0.1:11434' } },
    [
      'Answers are extracts of your code. Nothing leaves this machine.',
      '1,024 dimensions. Passages of your code and your questions are sent to http://127.0.0.1:11434, which is this machine.',
    ],
  ],
  [
    'one that is to come, and a reranker',
    { nextEmbedder: far, reranker: order },
    [
      'Answers are extracts of your code.',
      'Passages of your code are sent to https://vectors.example.',
      'Your questions and the passages found for them are sent to http://10.0.0.7:8080.',
      '256 dimensions, on this machine’s processor.',
      '1,024 dimensions. Takes over when every passage has a vector of it. Passages of your code are sent to https://vectors.example.',
      'Puts the best passages in order. Your questions and the passages found for them are sent to http://10.0.0.7:8080.',
    ],
  ],
  [
    'a model on a server',
    { model: { name: 'big', destination: 'https://models.example' } },
    [
      'Questions and the passages shown under Sources are sent to big at https://models.example.',
      '256 dimensions, on this machine’s processor.',
    ],
  ],
] as [string, Partial<Status>, string[]][])('%s', (_name, changes, sentences) => {
  expect(told({ ...STATUS, ...changes })).toEqual(sentences);
});

const HERE = ['cpu', 'webgpu', 'http://127.0.0.1:8080', 'http://localhost:11434', 'http://[::1]:80'];
const ELSEWHERE = [FAR, 'http://10.0.0.7:8080', 'http://localhost.example', 'http://127.0.0.1.example'];
const place = fc.constantFrom(...HERE, ...ELSEWHERE);

test('that nothing leaves is said exactly when nothing does, wherever it is said', () => {
  const devices = fc.record({
    embedder: place,
    next: fc.option(place),
    reranker: fc.option(place),
    model: fc.option(place),
  });
  fc.assert(
    fc.property(devices, ({ embedder, next, reranker, model }) => {
      const status: Status = {
        ...STATUS,
        embedder: { ...far, device: embedder },
        nextEmbedder: next === null ? null : { ...far, device: next },
        reranker: reranker === null ? null : { ...order, device: reranker },
        model: { name: 'm', destination: model?.startsWith('http') ? model : '' },
      };
      const places = [embedder, next, reranker, status.model.destination].filter((at) => at !== null);
      const stays = !places.some((at) => ELSEWHERE.includes(at));
      const overview = overviewOf({ statuses: [status], health: 'running', trusted: true, openFile: undefined });
      expect(statusText(status).includes('nothing leaves this machine')).toBe(stays);
      if (!stays) expect(told(status).join()).not.toMatch(/nothing leaves/i);
      if (stays && !status.model.destination) expect(told(status)[0]).toMatch(/Nothing leaves this machine\.$/);
      expect(overview.search.length === 0 && !(status.model.destination && !overview.model.isHere)).toBe(stays);
      for (const at of places.filter((at) => ELSEWHERE.includes(at))) expect(told(status).join()).toContain(at);
    }),
  );
});

const TRACE: Trace = {
  flow: 'naive',
  steps: [],
  answerability: 1,
  signals: {},
  terms: [],
  searchModels: [],
  dropped: [],
  model: { name: 'extractive', destination: '' },
  sent: [],
  requests: [],
};
const EMBEDDER: SearchModel = {
  role: 'embedder',
  name: 'far',
  device: FAR,
  question: 'Where is it?',
  passages: 0,
  failure: '',
};
const RERANKER: SearchModel = { ...EMBEDDER, role: 'reranker', name: 'order', device: order.device, passages: 20 };
const MODEL = { name: 'big', destination: 'https://models.example' };
const SENT = [{ role: 'user', content: 'Where is it?' }];

test.each([
  ['nobody was asked', {}, true, 'Extractive · nothing left this machine'],
  ['own model', { searchModels: [{ ...EMBEDDER, device: 'cpu' }] }, true, 'Extractive · nothing left this machine'],
  ['a server', { searchModels: [EMBEDDER] }, false, 'Extractive · the question sent to vectors.example'],
  [
    'two servers, one in vain',
    { searchModels: [{ ...EMBEDDER, failure: 'It is down' }, RERANKER] },
    false,
    'Extractive · the question sent to vectors.example · the question and 20 passages sent to http://10.0.0.7:8080',
  ],
  ['a model', { model: MODEL, sent: SENT }, false, 'big @ https://models.example'],
  [
    'a model of this machine and a server',
    { model: { ...MODEL, destination: 'http://127.0.0.1:1' }, sent: SENT, searchModels: [EMBEDDER] },
    false,
    'big @ http://127.0.0.1:1 · the question sent to vectors.example',
  ],
] as [string, Partial<Trace>, boolean, string][])('under an answer: %s', (_name, changes, stayed, text) => {
  expect(answeredBy({ ...TRACE, ...changes })).toEqual({ stayed, text });
});

test('what was sent lists every server that the search asked, with the question as it was', () => {
  const local = { ...EMBEDDER, device: 'cpu' };
  const here = { ...EMBEDDER, name: 'near', device: 'http://127.0.0.1:9' };
  const searchModels = [local, here, EMBEDDER, { ...RERANKER, passages: 1, failure: 'It took too long' }];
  expect(searchSent({ ...TRACE, searchModels })).toEqual([
    {
      sentence:
        'The question was sent to near at http://127.0.0.1:9, which is this machine, to be compared by meaning.',
      question: 'Where is it?',
    },
    {
      sentence: 'The question was sent to far at https://vectors.example, to be compared by meaning.',
      question: 'Where is it?',
    },
    {
      sentence:
        'The question and 1 passage were sent to order at http://10.0.0.7:8080, to be put in order. It was in vain: It took too long.',
      question: 'Where is it?',
    },
  ]);
});
