#!/usr/bin/env python3
"""Writes a tiny GGUF chat model that says what a test scripted, for a real llama.cpp server.

    tinyModel.py OUT.gguf CONTEXT NAME=TEXT [NAME=TEXT ...]

The weights are made by hand, not trained. A script is cut into pieces, each piece is a token of its own, and the
output row of a token points at the piece after it, so that greedy and sampled decoding both say the script to the
letter. The first script answers any prompt; a last message with `@NAME` in it gets the script NAME; a name that ends
in `*` starts over for ever; the script `fim` fills any gap. A prompt costs one token for each ASCII character. Same arguments, same bytes.
"""
import array
import random
import struct
import sys

WIDTH, LAYERS, HEADS, INNER = 64, 2, 4, 128
# Logit of the scripted token. All others stay below half of it, far enough for sampling never to stray.
STRENGTH = 60.0
# Small enough that attention and the inner layers, which really run, do not disturb the script.
NOISE = 0.01
# Kinds of tokens, and types of values, as the format numbers them.
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6
U32, I32, F32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
BLANK = '\u2581'  # How SentencePiece writes one.


class Vocabulary:
    def __init__(self, scripts):
        self.texts, self.kinds = [], []
        self.unknown, self.begin, self.end = (self.add(t, k) for t, k in
                                              [('<unk>', UNKNOWN), ('<s>', CONTROL), ('</s>', CONTROL)])
        for byte in range(256):
            self.add('<0x%02X>' % byte, BYTE)
        for code in range(33, 127):
            self.add(chr(code))
        self.add(BLANK)
        self.turn_begin = self.add('<|im_start|>', CONTROL)
        self.turn_end = self.add('<|im_end|>', CONTROL)
        self.successor, self.first, self.mark, self.gap = {}, {}, {}, {}
        used = set()
        for name, text in scripts:
            loops, name = name.endswith('*'), name.rstrip('*')
            self.mark[name] = self.add('<|fim_middle|>' if name == 'fim' else '<|say_%s|>' % name, CONTROL)
            if name == 'fim':
                self.gap = {part: self.add('<|fim_%s|>' % part, CONTROL) for part in ('pre', 'suf', 'pad', 'rep', 'sep')}
                self.gap['mid'] = self.mark[name]
            tokens = [self.add(piece.replace(' ', BLANK)) for piece in cut(text, used)]
            self.first[name] = tokens[0]
            for token, following in zip(tokens, tokens[1:] + [tokens[0] if loops else self.turn_end]):
                self.successor[token] = following

    def add(self, text, kind=NORMAL):
        self.texts.append(text)
        self.kinds.append(kind)
        return len(self.texts) - 1

    def template(self):
        """The chat template turns `@NAME` into the token that starts the script."""
        branches = ''.join("{%% if '@%s' in messages[-1].content %%}<|say_%s|>{%% endif %%}" % (name, name)
                           for name in list(self.mark)[1:] if name != 'fim')
        return ('{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}'
                '{% if add_generation_prompt %}<|im_start|>assistant\n' + branches + '{% endif %}')


def cut(text, used):
    """Pieces of four or more characters, none used before: a token can have one successor only."""
    pieces, at = [], 0
    while at < len(text):
        length = 4
        while text[at:at + length] in used and at + length < len(text):
            length += 1
        piece = text[at:at + length]
        while piece in used or (len(piece) < 3 and pieces):
            if not pieces:
                raise SystemExit('script too short, or a repetition of another: %r' % text)
            used.discard(pieces[-1])
            piece = pieces.pop() + piece
        used.add(piece)
        pieces.append(piece)
        at += length
    return pieces


def settings(vocabulary, context):
    count = len(vocabulary.texts)
    scores = [-float(i) if kind == NORMAL else 0.0 for i, kind in enumerate(vocabulary.kinds)]
    tokenizer = 'tokenizer.ggml.'
    return [
        ('general.architecture', STRING, 'llama'), ('general.name', STRING, 'tiny-scripted'),
        ('general.file_type', U32, 0), ('llama.context_length', U32, context),
        ('llama.embedding_length', U32, WIDTH), ('llama.block_count', U32, LAYERS),
        ('llama.feed_forward_length', U32, INNER), ('llama.attention.head_count', U32, HEADS),
        ('llama.attention.head_count_kv', U32, HEADS), ('llama.rope.dimension_count', U32, WIDTH // HEADS),
        ('llama.attention.layer_norm_rms_epsilon', F32, 1e-5), ('llama.vocab_size', U32, count),
        (tokenizer + 'model', STRING, 'llama'), (tokenizer + 'tokens', STRING, vocabulary.texts),
        (tokenizer + 'token_type', I32, vocabulary.kinds), (tokenizer + 'scores', F32, scores),
        (tokenizer + 'bos_token_id', U32, vocabulary.begin), (tokenizer + 'eos_token_id', U32, vocabulary.end),
        (tokenizer + 'unknown_token_id', U32, vocabulary.unknown), (tokenizer + 'eot_token_id', U32, vocabulary.turn_end),
        (tokenizer + 'add_bos_token', BOOL, True), (tokenizer + 'add_eos_token', BOOL, False),
        (tokenizer + 'add_space_prefix', BOOL, False), ('tokenizer.chat_template', STRING, vocabulary.template()),
    ] + [(tokenizer + 'fim_%s_token_id' % part, U32, token) for part, token in vocabulary.gap.items()]


def tensors(vocabulary):
    """The first dimensions are flags: 0 for any token outside the scripts, then one for each script's mark."""
    noise = random.Random(7)
    count, flags = len(vocabulary.texts), 1 + len(vocabulary.mark)
    flag = {token: 1 + i for i, token in enumerate(vocabulary.mark.values())}
    rows, output = [], [[0.0] * WIDTH for _ in range(count)]
    for token in range(count):
        row = [0.0] * flags + [noise.gauss(0, 1) for _ in range(WIDTH - flags)]
        if token not in vocabulary.successor:
            row[flag.get(token, 0)] = 4.0
        rows.append(row)
    for token, following in vocabulary.successor.items():
        for i in range(flags, WIDTH):
            output[following][i] += STRENGTH * rows[token][i] / (WIDTH - flags)
    output[next(iter(vocabulary.first.values()))][0] += STRENGTH
    for i, name in enumerate(vocabulary.mark):
        output[vocabulary.first[name]][1 + i] += STRENGTH

    def random_matrix(columns, lines):
        return [columns, lines], [noise.gauss(0, NOISE) for _ in range(columns * lines)]

    ones = [WIDTH], [1.0] * WIDTH
    yield 'token_embd.weight', ([WIDTH, count], sum(rows, []))
    yield 'output_norm.weight', ones
    yield 'output.weight', ([WIDTH, count], sum(output, []))
    for layer in range(LAYERS):
        block = 'blk.%d.' % layer
        yield block + 'attn_norm.weight', ones
        yield block + 'ffn_norm.weight', ones
        for part in ('q', 'k', 'v', 'output'):
            yield block + 'attn_%s.weight' % part, random_matrix(WIDTH, WIDTH)
        yield block + 'ffn_gate.weight', random_matrix(WIDTH, INNER)
        yield block + 'ffn_up.weight', random_matrix(WIDTH, INNER)
        yield block + 'ffn_down.weight', random_matrix(INNER, WIDTH)


def string(text):
    encoded = text.encode('utf-8')
    return struct.pack('<Q', len(encoded)) + encoded


def value(kind, content):
    if kind == STRING:
        return string(content)
    return struct.pack({U32: '<I', I32: '<i', F32: '<f', BOOL: '<?'}[kind], content)


def write(path, pairs, named_tensors, alignment=32):
    head = bytearray(b'GGUF' + struct.pack('<IQQ', 3, len(named_tensors), len(pairs)))
    for key, kind, content in pairs:
        head += string(key)
        if isinstance(content, list):
            head += struct.pack('<IIQ', ARRAY, kind, len(content)) + b''.join(value(kind, item) for item in content)
        else:
            head += struct.pack('<I', kind) + value(kind, content)
    body = bytearray()
    for name, (sizes, numbers) in named_tensors:
        head += string(name) + struct.pack('<I', len(sizes)) + struct.pack('<%dQ' % len(sizes), *sizes)
        head += struct.pack('<IQ', 0, len(body))
        floats = array.array('f', numbers)
        if sys.byteorder == 'big':
            floats.byteswap()
        body += floats.tobytes()
        body += bytes(-len(body) % alignment)
    head += bytes(-len(head) % alignment)
    with open(path, 'wb') as file:
        file.write(head + body)


def main():
    if len(sys.argv) < 4:
        raise SystemExit(__doc__)
    vocabulary = Vocabulary([argument.split('=', 1) for argument in sys.argv[3:]])
    write(sys.argv[1], settings(vocabulary, int(sys.argv[2])), list(tensors(vocabulary)))


if __name__ == '__main__':
    main()
