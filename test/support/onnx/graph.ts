/**
 * Writes ONNX models by hand: the few protobuf messages of the format, and a builder that names what flows between the
 * operators. It knows no network; encoders.ts does.
 */

/** Element types as the format numbers them. */
const TYPES = { float32: 1, uint8: 2, int8: 3, int64: 7 } as const;
type ElementType = keyof typeof TYPES;

/** An input or output; strings are dimensions that vary. */
export interface Port {
  name: string;
  type: ElementType;
  shape: readonly (number | string)[];
}

type Attribute = number | string | readonly number[] | { float: number };

const OPSET = 17;
const IR_VERSION = 8;

export class GraphBuilder {
  #nodes: Uint8Array[] = [];
  #initializers: Uint8Array[] = [];
  #values = 0;
  #constants = new Map<string, string>();

  /** A tensor that is part of the model. */
  tensor(name: string, type: ElementType, shape: readonly number[], data: ArrayBufferView): string {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const dimensions = shape.map((size) => integer(1, size));
    this.#initializers.push(join([...dimensions, integer(2, TYPES[type]), text(8, name), message(9, bytes)]));
    return name;
  }

  floats(name: string, shape: readonly number[], data: Float32Array): string {
    return this.tensor(name, 'float32', shape, data);
  }

  /** One number, as an operand. */
  scalar(value: number): string {
    return this.#constant(`scalar ${value}`, (name) => this.floats(name, [], Float32Array.of(value)));
  }

  /** A list of whole numbers: a shape, axes, bounds. */
  integers(...values: number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    return this.#constant(`integers ${values}`, (name) => this.tensor(name, 'int64', [values.length], data));
  }

  #constant(name: string, make: (name: string) => string): string {
    if (!this.#constants.has(name)) this.#constants.set(name, make(name));
    return this.#constants.get(name)!;
  }

  /** Adds an operator and returns its only output; `as` names it where the model's user must know it. */
  op(type: string, inputs: readonly string[], attributes: Record<string, Attribute> = {}, as?: string): string {
    return this.ops(type, inputs, 1, attributes, as)[0]!;
  }

  ops(
    type: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Record<string, Attribute> = {},
    as?: string,
  ): string[] {
    const names = Array.from({ length: outputs }, () => as ?? `v${++this.#values}`);
    this.#nodes.push(
      join([
        ...inputs.map((name) => text(1, name)),
        ...names.map((name) => text(2, name)),
        text(3, names[0]!),
        text(4, type),
        ...Object.entries(attributes).map(([name, value]) => message(5, attribute(name, value))),
      ]),
    );
    return names;
  }

  /** The bytes of the model file. */
  build(inputs: readonly Port[], outputs: readonly Port[]): Uint8Array {
    const graph = join([
      ...this.#nodes.map((node) => message(1, node)),
      text(2, 'encoder'),
      ...this.#initializers.map((tensor) => message(5, tensor)),
      ...inputs.map((port) => message(11, valueInfo(port))),
      ...outputs.map((port) => message(12, valueInfo(port))),
    ]);
    return join([integer(1, IR_VERSION), text(2, 'scholia'), message(7, graph), message(8, integer(2, OPSET))]);
  }
}

/** The bytes of a model that multiplies a square matrix with one of its own: all that a chip is good at. */
export function matrixProduct(side: number): Uint8Array {
  const graph = new GraphBuilder();
  const own = graph.floats('own', [side, side], new Float32Array(side * side).fill(0.25));
  // The sum is small, so that little is carried back.
  graph.op('ReduceSum', [graph.op('MatMul', ['a', own]), graph.integers(0, 1)], { keepdims: 0 }, 'sum');
  const input: Port = { name: 'a', type: 'float32', shape: [side, side] };
  return graph.build([input], [{ name: 'sum', type: 'float32', shape: [] }]);
}

function valueInfo({ name, type, shape }: Port): Uint8Array {
  const dimensions = shape.map((size) => message(1, typeof size === 'number' ? integer(1, size) : text(2, size)));
  const tensorType = join([integer(1, TYPES[type]), message(2, join(dimensions))]);
  return join([text(1, name), message(2, message(1, tensorType))]);
}

function attribute(name: string, value: Attribute): Uint8Array {
  const named = text(1, name);
  if (typeof value === 'number') return join([named, integer(3, value), integer(20, 2)]);
  if (typeof value === 'string') return join([named, text(4, value), integer(20, 3)]);
  if ('float' in value) return join([named, float(2, value.float), integer(20, 1)]);
  return join([named, ...value.map((one) => integer(8, one)), integer(20, 7)]);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  // Negative numbers are 64 bits of two's complement.
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

function integer(field: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(field << 3), ...varint(value)]);
}

function float(field: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Uint8Array.from([...varint((field << 3) | 5), ...bytes]);
}

function message(field: number, content: Uint8Array): Uint8Array {
  return join([Uint8Array.from([...varint((field << 3) | 2), ...varint(content.length)]), content]);
}

function text(field: number, content: string): Uint8Array {
  return message(field, new TextEncoder().encode(content));
}
