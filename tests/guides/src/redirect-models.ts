/**
 * Preloaded (node --import) before a sample: sends its model calls to the stand-in on loopback.
 * The samples name no model host, and their clients read none from the environment. A call to any
 * other outside host is refused: a sample never leaves the machine.
 */
const standIn = process.env.MODEL_STAND_IN;
const send = globalThis.fetch;
const modelHosts: readonly string[] = ['api.replicate.com', 'api.mistral.ai'];

globalThis.fetch = (input, init) => {
  const asked = new URL(input instanceof Request ? input.url : input);
  if (asked.hostname === '127.0.0.1') return send(input, init);
  if (standIn === undefined || !modelHosts.includes(asked.hostname)) {
    return Promise.reject(new Error(`no calls to ${asked.hostname} from the samples' tests`));
  }
  const target = new URL(asked.pathname + asked.search, standIn);
  return send(input instanceof Request ? new Request(target, input) : target, init);
};

export {};
