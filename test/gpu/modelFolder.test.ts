/** Model folders that lack something, contradict themselves or are damaged: a sentence each, and never the end of anything. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kindOf } from '../../server/src/base/errors.js';
import { readModelFolder } from '../../server/src/gpu/modelFolder.js';
import { openOnnxEmbedder } from '../../server/src/gpu/onnxEmbedder.js';
import { computeHost, copiedModel, writtenModel } from '../support/computeHost.js';
import { tiny } from '../support/onnx/folders.js';
import { damageRounds } from './onnxSeries.js';

/** Alters a JSON file of a model folder. */
function edit(folder: string, name: string, change: (content: Record<string, unknown>) => void): void {
  const content = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  change(content);
  writeFileSync(join(folder, name), JSON.stringify(content));
}

const BROKEN: [why: string, damage: (folder: string) => void, sentence: RegExp][] = [
  ['no folder', (folder) => rmSync(folder, { recursive: true }), /^There is no folder .*bert$/],
  ['no weights', (folder) => rmSync(join(folder, 'model.onnx')), /has no ONNX model: looked for model\.onnx, onnx/],
  ['no tokenizer', (folder) => rmSync(join(folder, 'tokenizer.json')), /tokenizer\.json is missing/],
  ['no config', (folder) => rmSync(join(folder, 'config.json')), /config\.json is missing/],
  [
    'text for JSON',
    (folder) => writeFileSync(join(folder, 'config.json'), 'hello'),
    /config\.json cannot be read: .*JSON/,
  ],
  ['a number for JSON', (folder) => writeFileSync(join(folder, 'tokenizer.json'), '7'), /holds no JSON object/],
  [
    'no vocabulary',
    (folder) => edit(folder, 'tokenizer.json', (json) => delete json['model']),
    /tokenizer\.json of bert cannot be used/,
  ],
  [
    'a small vocabulary',
    (folder) => edit(folder, 'config.json', (json) => (json['vocab_size'] = 20)),
    /numbers tokens up to \d+, its model up to 19/,
  ],
  [
    'no size',
    (folder) => edit(folder, 'config.json', (json) => (json['hidden_size'] = 'wide')),
    /gives no hidden_size/,
  ],
  [
    'another size',
    (folder) => edit(folder, 'config.json', (json) => (json['hidden_size'] = 64)),
    /says that vectors have 64 dimensions .* gives 32/,
  ],
  [
    'no length',
    (folder) => edit(folder, 'sentence_bert_config.json', (json) => (json['max_seq_length'] = 3)),
    /takes 3 tokens at once; at least 8/,
  ],
  [
    'a length of nothing is none',
    (folder) => edit(folder, 'sentence_bert_config.json', (json) => (json['max_seq_length'] = 0)),
    /^fine$/,
  ],
  [
    'odd pooling',
    (folder) => edit(folder, '1_Pooling/config.json', (json) => (json['pooling_mode_max_tokens'] = true)),
    /pooling by pooling_mode_mean_tokens, pooling_mode_max_tokens; mean, CLS and last token are known/,
  ],
  [
    'a dense layer',
    (folder) => writeFileSync(join(folder, 'modules.json'), '[{"type":"sentence_transformers.models.Dense"}]'),
    /has a dense layer after its pooling/,
  ],
  ['garbage weights', (folder) => writeFileSync(join(folder, 'model.onnx'), 'garbage'), /model\.onnx cannot be used: /],
  [
    'half the weights',
    (folder) => writeFileSync(join(folder, 'model.onnx'), readFileSync(join(folder, 'model.onnx')).subarray(0, 30_000)),
    /model\.onnx cannot be used: /,
  ],
  ['no weights in the file', (folder) => writeFileSync(join(folder, 'model.onnx'), ''), /model\.onnx cannot be used: /],
];

test('what is missing or wrong is said in a sentence, and the process lives', async () => {
  const host = computeHost();
  for (const [why, damage, sentence] of BROKEN) {
    const folder = copiedModel('bert');
    damage(folder);
    const opened = openOnnxEmbedder({ host, folder, device: 'cpu' }).then(
      () => ({ kind: 'embedder-unavailable', message: 'fine' }),
      (error) => ({ kind: kindOf(error), message: error.message as string }),
    );
    expect(await opened, why).toEqual({ kind: 'embedder-unavailable', message: expect.stringMatching(sentence) });
  }
});

test('an input that is not known', async () => {
  const folder = writtenModel(tiny({}));
  const model = readFileSync(join(folder, 'model.onnx')).toString('latin1');
  writeFileSync(join(folder, 'model.onnx'), model.replaceAll('token_type_ids', 'token_tape_ids'), 'latin1');
  await expect(openOnnxEmbedder({ host: computeHost(), folder, device: 'cpu' })).rejects.toThrow(
    'The model of tiny wants an input token_tape_ids; known are input_ids, attention_mask, token_type_ids',
  );
});

test('the weights may lie in a folder of their own, and pooling may be told by name or not at all', async () => {
  const folder = copiedModel('bert');
  const before = await readModelFolder(folder, 'embedder');
  mkdirSync(join(folder, 'onnx'));
  renameSync(join(folder, 'model.onnx'), join(folder, 'onnx/model_quantized.onnx'));
  writeFileSync(join(folder, '1_Pooling/config.json'), '{"pooling_mode":"cls"}');
  writeFileSync(join(folder, 'scholia-model.json'), '{"name":"owner/name"}');
  const named = await readModelFolder(folder, 'embedder');
  expect(named).toMatchObject({
    name: 'owner/name',
    pooling: 'cls',
    weights: join(folder, 'onnx/model_quantized.onnx'),
    notes: [],
  });
  rmSync(join(folder, '1_Pooling'), { recursive: true });
  const unnamed = await readModelFolder(folder, 'embedder');
  expect(unnamed).toMatchObject({ pooling: 'mean', notes: [expect.stringContaining('the mean is taken')] });
  // Where a file lies and what it is called decides no vector.
  expect([named.digest === before.digest, unnamed.digest === before.digest]).toEqual([false, true]);
});

test('the identity changes with whatever decides a vector, and with nothing else', async () => {
  const digestAfter = async (change: (folder: string) => void) => {
    const folder = copiedModel('modern');
    change(folder);
    return (await readModelFolder(folder, 'embedder')).digest;
  };
  const same = await digestAfter(() => {});
  expect(await digestAfter((folder) => writeFileSync(join(folder, 'README.md'), 'hello'))).toBe(same);
  const changes: ((folder: string) => void)[] = [
    (folder) =>
      edit(folder, '1_Pooling/config.json', (json) =>
        Object.assign(json, { pooling_mode_cls_token: false, pooling_mode_mean_tokens: true }),
      ),
    (folder) =>
      edit(
        folder,
        'config_sentence_transformers.json',
        (json) => (json['prompts'] = { query: 'search for: ', document: 'text: ' }),
      ),
    (folder) => edit(folder, 'sentence_bert_config.json', (json) => (json['max_seq_length'] = 40)),
    (folder) => edit(folder, 'tokenizer.json', (json) => (json['normalizer'] = { type: 'Lowercase' })),
    (folder) => edit(folder, 'tokenizer_config.json', (json) => (json['model_max_length'] = 1e29)),
    (folder) => writeFileSync(join(folder, 'model_fp16.onnx_data'), 'weights outside'),
    (folder) => {
      const bytes = readFileSync(join(folder, 'model.onnx'));
      bytes[bytes.length >> 1]! ^= 1;
      writeFileSync(join(folder, 'model.onnx'), bytes);
    },
  ];
  const others = await Promise.all(changes.map(digestAfter));
  expect(new Set([same, ...others]).size).toBe(changes.length + 1);
});

test('bytes altered anywhere in any file: a vector or a sentence, and a process that can be asked again', async () => {
  await damageRounds(8);
});
