/** Values as they travel, and times as they are given. */

export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

export interface JsonObject {
  [name: string]: JsonValue;
}

/** A `Date` or an ISO 8601 string. */
export type Time = Date | string;
