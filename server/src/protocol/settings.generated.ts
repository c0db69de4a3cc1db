// Generated from package.json by scripts/gen.mjs. Do not edit.

/** Raw settings, by their name without `scholia.`. */
export interface Settings {
  /** Address of an OpenAI-compatible language model, for example `http://127.0.0.1:11434/v1`. Empty: nothing leaves this machine and answers are extracts of your code. When set, the question and the passages shown under *Sources* are sent there. */
  'model.baseUrl': string;
  /** Name of the model to ask at `scholia.model.baseUrl`. Empty: the first model that the server lists. */
  'model.name': string;
  /** Seconds to wait for the model's next piece of text before giving up. Slow local models need more. */
  'model.timeoutSeconds': number;
  /** The longest answer to ask for, in tokens. Longer answers take longer and may cost more. */
  'model.maxAnswerTokens': number;
  /** How much retrieved code goes with a question, in tokens. More gives the model more to stand on, and is slower and dearer. */
  'answer.contextTokens': number;
  /** Patterns in `.gitignore` form of files to leave out of the index, besides those that ignore files already name. */
  'index.exclude': readonly string[];
  /** Files larger than this many kilobytes are left out and listed in the status. Larger files cost memory and time while indexing. PDF, Word and notebook files may have 50 MB in any case. */
  'index.maxFileKilobytes': number;
  /** Disk space for the indexes of all folders, in megabytes. Beyond it those that were not opened for longest are deleted, and built again when their folder is opened. */
  'index.maxStoreMegabytes': number;
  /** Show the definition, its comment and its uses, with citations, when the pointer rests on a name. */
  'hover.enabled': boolean;
  /** Log the messages between the editor and the server in the output channel. `verbose` includes their contents. */
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
  'model.baseUrl': {"type":"string","default":""},
  'model.name': {"type":"string","default":""},
  'model.timeoutSeconds': {"type":"number","minimum":5,"maximum":300,"default":60},
  'model.maxAnswerTokens': {"type":"integer","minimum":64,"maximum":16384,"default":1024},
  'answer.contextTokens': {"type":"integer","minimum":1000,"maximum":200000,"default":6000},
  'index.exclude': {"type":"array","default":[]},
  'index.maxFileKilobytes': {"type":"integer","minimum":16,"maximum":65536,"default":4096},
  'index.maxStoreMegabytes': {"type":"integer","minimum":64,"maximum":1048576,"default":4096},
  'hover.enabled': {"type":"boolean","default":true},
  'trace.server': {"type":"string","enum":["off","messages","verbose"],"default":"off"},
};

export const COMMANDS = ["scholia.ask","scholia.reindex","scholia.showStatus","scholia.pauseIndexing","scholia.resumeIndexing","scholia.deleteData","scholia.showDiagnostics","scholia.explainFile","scholia.setApiKey","scholia.newChat"] as const;
