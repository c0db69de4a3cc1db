/**
 * Every constant that decides an order or a threshold, with its reason.
 *
 * Published ablations put such constants on a plateau: what matters is that a signal is there, far less how strong.
 * They are round numbers on purpose and were not fitted to any benchmark's rows.
 */
import type { LexicalParameters } from '../index/lexical.js';
import type { FileRole } from '../index/roles.js';

/**
 * Fielded BM25, in the order path, symbol, signature, comment, body. A name is worth more than a mention; short fields
 * hardly differ in length by anything that matters, so they are normalised less.
 */
export const LEXICAL: LexicalParameters = {
  k1: 1.2,
  fields: [
    { weight: 1, b: 0.3 },
    { weight: 3, b: 0.3 },
    { weight: 1.5, b: 0.5 },
    { weight: 1, b: 0.75 },
    { weight: 1, b: 0.75 },
  ],
};

/** The rarest terms carry nearly all of the score; a pasted log has thousands. */
export const MAX_TERMS = 300;

/** Chunks that the lexical index hands to ranking, for each passage wanted. */
export const CANDIDATES = 300;

/** Share of meaning against words where both are searched. Between .4 and .6 it makes no difference (docs/evaluation.md). */
export const MEANING = 0.5;
/** Passages without any score that are counted in when the spread of scores is told; candidates are hundreds. */
export const BACKGROUND = 20;
/**
 * Of reciprocal rank fusion. Its authors have 60, for many lists of documents; of two lists the first places must tell
 * more (docs/evaluation.md: 5 to 20 are alike, 60 and standard scores are worse).
 */
export const RANK_CONSTANT = 10;

/** Share of the best cosine under which a passage is near nothing (docs/evaluation.md: .7 loses what is found). */
export const FAR = 0.5;

/** Shares of the best score of the searches that a signal may add. */
export const DEFINITION = 1;
/** A name spelled as separate words (`parse pool`) is a weaker sign than one spelled whole. */
export const SPELLED_OUT = 0.5;
export const PATH = 1;
export const FILE_AGREEMENT = 0.2;
/**
 * For the file that the best-fitting commit subjects changed, were the subject the whole question. Between .7 and 1 it
 * makes no difference (docs/evaluation.md).
 */
export const HISTORY = 0.7;
/** Each further passage of one file counts this share of what the one before it counted. */
export const REPEAT = 0.5;

/** A call that is asked for comes before all that words, names and paths can add up to. */
export const EDGE = 3;
/** Share of that for a call that may as well mean something else. */
export const AMBIGUOUS = 0.4;

/** How many passages of the first order are looked at more closely, the ranker being the first to. */
export const LOOKED_AT = 80;
/** Of fewer the ranker says nothing. */
export const RANKER_LEAST = 40;

/**
 * What each further passage of a file loses after the ranker, as a share of the best score: enough that several files
 * are among the first ten, and so little that hardly a passage is lost by it that answers (docs/evaluation.md).
 */
export const SPREAD = 0.2;

/** Of how many passages neighbours become one. What comes later is found too weakly to be read along. */
export const MERGED_DEPTH = 20;
/** About two screens; ranking is hardly better up to 80 (docs/evaluation.md), and a prompt holds fewer of them. */
export const MERGED_LINES = 60;

/** Of how many passages it is told which are copies; these come last of them. */
export const COPY_DEPTH = 40;
/** Share of lines that two texts have in common from which one is a copy of the other. */
export const COPY_LIKENESS = 0.8;

/** How many passages a reranker judges. */
export const RERANKED = 50;
/** What it may add to a passage, as a share of the best score. */
export const RERANKER = 2;

/** What a passage keeps of its score by the part its file plays: people ask about the code, not about its tests. */
export const ROLE: Record<FileRole, number> = { source: 1, docs: 0.7, test: 0.3, example: 0.3, changelog: 0.2 };

/** What a team may weigh otherwise for its own folder. */
export interface RankingWeights {
  lexical: LexicalParameters;
  roles: Readonly<Record<FileRole, number>>;
}

export const RANKING: RankingWeights = { lexical: LEXICAL, roles: ROLE };

/** How many passages an answer is made from at most. */
export const MAX_SOURCES = 12;
/** An extractive answer shows fewer: it is read, not digested by a model. */
export const MAX_EXTRACTS = 5;
/** A passage that scores under this share of the best one is not shown as an extract. */
export const EXTRACT_SHARE = 0.35;

/**
 * Least answerability of a question that is answered: low, so that one question refused in vain weighs as much as nearly
 * six answered in vain. An extract shows at a glance that it is beside the point, a refusal hides what is
 * there. A question in Chinese, Japanese or Korean shares no word with code in English: there the nearness alone has to
 * do, and cosines across languages are smaller. docs/evaluation.md has the tables.
 */
export const ANSWERABLE = { likely: 0.15, acrossLanguages: 0.19 };
/**
 * A multinomial logistic regression, as `npm run bench -- refusal` prints it: what speaks for an answer's two rivals.
 * Without vectors words alone have to do. Cosines are the bundled embedder's, whoever else searches.
 */
export const CALIBRATION = {
  byBoth: {
    foreign: { bias: 0.45, coverage: -4.26, rarity: 1.27, agreement: -12.29 },
    gone: { bias: 2.32, coverage: -0.75, unresolved: 3.1, lead: -2.88, strength: -1.65 },
  },
  byWords: {
    foreign: { bias: -2.96, coverage: -6.58, rarity: 1.41 },
    gone: { bias: 0.75, coverage: -1.93, unresolved: 2.81 },
  },
};
/** Coverage from which the question's words say which lines of a passage matter. */
export const TELLING = 0.3;
/** How many of the best passages are judged. */
export const JUDGED_PASSAGES = 5;
/** Of how many it is looked up whether the names that they use are defined here. */
export const READ_FOR_NAMES = 24;
/** Of how many it is told whether one file leads. */
export const RANKED_FOR_LEAD = 40;
/** What the best score of the first order is worth in the exponent of that. Between 2 and 3 it makes no difference. */
export const LEAD_SHARPNESS = 2.5;

/** Characters of code in one token of the usual tokenizers; measured 3.56 on real code, rounded down to be safe. */
export const CHARACTERS_PER_TOKEN = 3.3;
