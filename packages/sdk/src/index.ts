/** The public face of the package. */
export { createClient, type ReverieClient } from './client.ts';
export type * from './client-types.ts';
export type * from './context-types.ts';
export type * from './dream-types.ts';
export {
  type ClientErrorCode,
  clientErrorCodes,
  ReverieError,
  type ReverieErrorCode,
  type ReverieErrorOptions,
} from './errors.ts';
export type * from './filter-types.ts';
export type * from './forget-types.ts';
export type * from './history-types.ts';
export type * from './json-types.ts';
export type * from './key-types.ts';
export type * from './list-types.ts';
export type * from './memory-types.ts';
export type * from './namespace-types.ts';
export type {
  DefaultMode,
  HygienePolicies,
  HygienePolicy,
  NamespaceDetail,
  NamespaceUpdate,
} from './namespaces.ts';
export type * from './profile-types.ts';
export type * from './recall-types.ts';
export type * from './server-types.ts';
export type * from './snapshot-types.ts';
export type * from './store-types.ts';
export type * from './transfer-types.ts';
export type * from './usage-types.ts';
export {
  type ReceivedHeaders,
  type VerifyOptions,
  verifyWebhook,
} from './verify-webhook.ts';
export type * from './webhook-types.ts';
