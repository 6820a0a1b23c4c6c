/** Every number that `compress` decides by, and why. Measured with `npm run bench:dreams`. */

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export const compressLimits = {
  /** Left alone where no `before` is named: what is recent is asked for word by word. */
  newestKept: 200,
  recentMs: 7 * dayMs,
  /** At this importance a memory stays as it is, like a pinned one. */
  importanceKept: 0.8,
  /** A longer text is a document, and a few sentences are not it. */
  memoryTokensMax: 400,
  /** A pause in a thread that ends what was talked about: a night. */
  pauseMs: 8 * hourMs,
  /** Turns of a summary: with fewer labels cost more than words, with more it tells little. */
  turnsMin: 4,
  turnsWanted: 10,
  turnsMax: 12,
  /** A share of these is what one passage of the index holds. */
  clusterTokensMax: 800,
  /** Un-threaded memories that make a summary, how alike they are, and how near in time. */
  looseMin: 3,
  alikeMin: 0.4,
  looseMs: 30 * dayMs,
  /** Open clusters that an un-threaded memory is compared with: the newest. */
  openMax: 64,
  /** Share of the tokens that a summary may have, its labels included. */
  share: 0.235,
  /** Share of those that goes to whole sentences; the rest goes to single words. */
  sentenceShare: 0.3,
  /** Beside labels a summary has at least so many tokens, and as a whole at most so many. */
  tokensMin: 16,
  tokensMax: 190,
  /** What is hardly shorter than its sources is not worth it. */
  shareMax: 0.7,
  charsMax: 2000,
} as const;
