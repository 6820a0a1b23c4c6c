/** A bound in time for answers that come over a socket. */

/** Rejects when `answer` has not settled in time; what it does later is not heard. */
export function answerInTime<Result>(answer: Promise<Result>, timeoutMs: number): Promise<Result> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`no answer within ${timeoutMs} ms`));
    // What came in while this thread was busy is read before it is called late.
    const timer = setTimeout(() => setImmediate(late), timeoutMs);
    const settle = () => clearTimeout(timer);
    answer.then(resolve, reject).then(settle, settle);
  });
}
