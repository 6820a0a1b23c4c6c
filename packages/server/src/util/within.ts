/** Work that must not take longer than it is given. */

/**
 * The outcome of `work`, or a rejection after `timeoutMs` or when `stop` aborts. The signal that
 * `work` gets is aborted then; work that takes no notice of it is left behind.
 */
export async function within<T>(
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<T>,
  stop?: AbortSignal,
): Promise<T> {
  const ended = new AbortController();
  const end = () => ended.abort(stop?.aborted ? stop.reason : new Error('It took too long.'));
  const timer = setTimeout(end, timeoutMs);
  timer.unref();
  stop?.addEventListener('abort', end, { once: true });
  if (stop?.aborted) end();
  try {
    return await Promise.race([
      new Promise<never>((_, reject) => {
        const refuse = () => reject(ended.signal.reason);
        if (ended.signal.aborted) refuse();
        else ended.signal.addEventListener('abort', refuse, { once: true });
      }),
      work(ended.signal),
    ]);
  } finally {
    clearTimeout(timer);
    stop?.removeEventListener('abort', end);
  }
}
