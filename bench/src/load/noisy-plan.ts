/** What the noisy tenant of `npm run bench:noisy` does. */

/** Connections by what they do, each at once again after its answer. */
export const noisyConnections = { stores: 6, bulks: 2, searches: 6, exports: 2 } as const;

/** Memories of the namespace that it searches and exports. */
export const noisySize = 10_000;

/** Memories of one bulk. */
export const noisyBulkItems = 200;
