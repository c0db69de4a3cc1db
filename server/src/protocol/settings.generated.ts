// Generated from package.json by scripts/gen.mjs. Do not edit.

/** Raw settings, by their name without `scholia.`. */
export interface Settings {
  /** Whose language model writes the answers. *Scholia: Choose a Language Model* lists what there is. */
  'model.kind': 'server' | 'editor';
  /** Address of an OpenAI-compatible language model, for example `http://127.0.0.1:11434/v1`. Empty: nothing leaves this machine and answers are extracts of your code. When set, the question and the passages shown under *Sources* are sent there. */
  'model.baseUrl': string;
  /** Name of the model to ask at `scholia.model.baseUrl`, or id or family of one that the editor lends. Empty: the first one listed. */
  'model.name': string;
  /** Seconds to wait for the model's next piece of text before giving up. Slow local models need more. */
  'model.timeoutSeconds': number;
  /** The longest answer to ask for, in tokens. Longer answers take longer and may cost more. */
  'model.maxAnswerTokens': number;
  /** How much retrieved code goes with a question, in tokens. More gives the model more to stand on, and is slower and dearer. Less is sent where a server says that its model takes less. */
  'answer.contextTokens': number;
  /** Patterns in `.gitignore` form of files to leave out of the index, besides those that ignore files already name. */
  'index.exclude': readonly string[];
  /** Files larger than this many kilobytes are left out and listed in the status. Larger files cost memory and time while indexing. PDF, Word and notebook files may have 50 MB in any case. */
  'index.maxFileKilobytes': number;
  /** Disk space for the indexes of all folders, in megabytes. Beyond it those that were not opened for longest are deleted, and built again when their folder is opened. */
  'index.maxStoreMegabytes': number;
  /** Show what a name means when the pointer rests on it: the definition, its comment, who uses it, what is written about it and its last change, with citations. */
  'hover.enabled': boolean;
  /** Suggest code while you type, where `scholia.completion.baseUrl` names a model. */
  'completion.enabled': boolean;
  /** Address of a server with a model that fills gaps in code, such as llama.cpp, Ollama, vLLM or Mistral, for example `http://127.0.0.1:8080/v1`. Empty: no suggestions. When set, the code around the cursor and the places of the repository that it needs are sent there as you type. */
  'completion.baseUrl': string;
  /** Name of the model at `scholia.completion.baseUrl`. Small code models trained on gaps (Qwen2.5-Coder, StarCoder2, DeepSeek-Coder, Codestral) do better here than large chat models, which are asked by a question and answer later. */
  'completion.name': string;
  /** How the server is told of a gap. `auto` finds out with the first one. `infill`: llama.cpp’s own path; `suffix`: beside the prompt; `fim`: Mistral’s path; `chat`: a question, for models that only chat; all others: the form of a family of models, written into the prompt. */
  'completion.format': 'auto' | 'infill' | 'suffix' | 'fim' | 'chat' | 'qwen' | 'starcoder' | 'codellama' | 'deepseek' | 'codestral' | 'codegemma' | 'granite' | 'seed';
  /** How much of the rest of the repository goes with a gap, in tokens. More lets the model know more names; it then starts later. */
  'completion.contextTokens': number;
  /** The longest suggestion to ask for, in tokens. Longer ones come later. */
  'completion.maxTokens': number;
  /** How long to wait after a key before the model is asked. Longer waits ask it less often. */
  'completion.debounceMilliseconds': number;
  /** Suggest inside strings and comments too. */
  'completion.inText': boolean;
  /** What turns code and questions into vectors, so that search is also by meaning. A bigger model understands more, takes longer and more disk space; a change embeds everything again. */
  'embedder.kind': 'bundled' | 'folder' | 'server' | 'off';
  /** Folder of an ONNX embedding model (`model.onnx`, `tokenizer.json` and its configuration), or the name of a downloaded one such as `owner/name`. Counts where `scholia.embedder.kind` is `folder`. */
  'embedder.folder': string;
  /** Address of an OpenAI-compatible server with `/embeddings`, for example `http://127.0.0.1:11434/v1`. Counts where `scholia.embedder.kind` is `server`; then every passage of the index and every question is sent there. */
  'embedder.baseUrl': string;
  /** Name of the embedding model to ask at `scholia.embedder.baseUrl`. Another name embeds everything again. */
  'embedder.name': string;
  /** Where an ONNX model runs. `auto` takes the fastest that works; the status tells which and why. */
  'embedder.device': 'auto' | 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';
  /** Text to put before each question, for models that were trained with one, such as `query: `. Empty: what the configuration in a model's folder says; nothing for a server. */
  'embedder.queryPrefix': string;
  /** Text to put before each passage, for models that were trained with one, such as `passage: `. Empty: what the configuration in a model's folder says; nothing for a server. */
  'embedder.passagePrefix': string;
  /** What the server at `scholia.embedder.baseUrl` charges for a million tokens. Above 0, the cost of a whole index is shown and asked about before anything is sent. */
  'embedder.pricePerMillionTokens': number;
  /** What reads the best passages once more, together with the question, and puts them in order. Better answers, and each takes longer. */
  'reranker.kind': 'off' | 'folder' | 'server';
  /** Folder of an ONNX cross-encoder (`model.onnx`, `tokenizer.json` and its configuration), or the name of a downloaded one such as `owner/name`. Counts where `scholia.reranker.kind` is `folder`. */
  'reranker.folder': string;
  /** Address of a server with `/rerank`, as llama.cpp, vLLM, Jina and Cohere have it, for example `http://127.0.0.1:8080/v1`. Counts where `scholia.reranker.kind` is `server`. */
  'reranker.baseUrl': string;
  /** Name of the model to ask at `scholia.reranker.baseUrl`. */
  'reranker.name': string;
  /** How long the reranker may take for one question. After that the order stays as it was. */
  'reranker.budgetMilliseconds': number;
  /** Log the messages between the editor and the server in the output channel, once its log level is Trace. `verbose` includes their contents, which are your code and questions, but never a key. */
  'trace.server': 'off' | 'messages' | 'verbose';
}

export interface SettingRule {
  type: 'string' | 'number' | 'integer' | 'boolean' | 'array';
  minimum?: number;
  maximum?: number;
  enum?: readonly string[];
  default: unknown;
}

export const SETTING_RULES: Readonly<Record<keyof Settings, SettingRule>> = {
  'model.kind': {"type":"string","enum":["server","editor"],"default":"server"},
  'model.baseUrl': {"type":"string","default":""},
  'model.name': {"type":"string","default":""},
  'model.timeoutSeconds': {"type":"number","minimum":5,"maximum":300,"default":60},
  'model.maxAnswerTokens': {"type":"integer","minimum":64,"maximum":16384,"default":1024},
  'answer.contextTokens': {"type":"integer","minimum":1000,"maximum":200000,"default":6000},
  'index.exclude': {"type":"array","default":[]},
  'index.maxFileKilobytes': {"type":"integer","minimum":16,"maximum":65536,"default":4096},
  'index.maxStoreMegabytes': {"type":"integer","minimum":64,"maximum":1048576,"default":4096},
  'hover.enabled': {"type":"boolean","default":true},
  'completion.enabled': {"type":"boolean","default":true},
  'completion.baseUrl': {"type":"string","default":""},
  'completion.name': {"type":"string","default":""},
  'completion.format': {"type":"string","enum":["auto","infill","suffix","fim","chat","qwen","starcoder","codellama","deepseek","codestral","codegemma","granite","seed"],"default":"auto"},
  'completion.contextTokens': {"type":"integer","minimum":0,"maximum":32768,"default":4096},
  'completion.maxTokens': {"type":"integer","minimum":8,"maximum":2048,"default":128},
  'completion.debounceMilliseconds': {"type":"integer","minimum":0,"maximum":5000,"default":150},
  'completion.inText': {"type":"boolean","default":false},
  'embedder.kind': {"type":"string","enum":["bundled","folder","server","off"],"default":"bundled"},
  'embedder.folder': {"type":"string","default":""},
  'embedder.baseUrl': {"type":"string","default":""},
  'embedder.name': {"type":"string","default":""},
  'embedder.device': {"type":"string","enum":["auto","cpu","webgpu","cuda","dml","coreml"],"default":"auto"},
  'embedder.queryPrefix': {"type":"string","default":""},
  'embedder.passagePrefix': {"type":"string","default":""},
  'embedder.pricePerMillionTokens': {"type":"number","minimum":0,"maximum":1000,"default":0},
  'reranker.kind': {"type":"string","enum":["off","folder","server"],"default":"off"},
  'reranker.folder': {"type":"string","default":""},
  'reranker.baseUrl': {"type":"string","default":""},
  'reranker.name': {"type":"string","default":""},
  'reranker.budgetMilliseconds': {"type":"integer","minimum":50,"maximum":30000,"default":800},
  'trace.server': {"type":"string","enum":["off","messages","verbose"],"default":"off"},
};

export const COMMANDS = ["scholia.ask","scholia.reindex","scholia.showStatus","scholia.pauseIndexing","scholia.resumeIndexing","scholia.deleteData","scholia.showDiagnostics","scholia.explainFile","scholia.chooseModel","scholia.findModels","scholia.setApiKey","scholia.approveEmbedder","scholia.newChat","scholia.showChats","scholia.exportChat","scholia.deleteChats","scholia.askAbout"] as const;
