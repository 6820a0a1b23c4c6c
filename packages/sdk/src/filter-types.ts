/** Which memories are meant: the filter language, tags and both axes of time. */
import type { Time } from './json-types.ts';

/** All of the tags, or a mix of any and all. */
export type TagFilter =
  | readonly string[]
  | { any?: readonly string[] | undefined; all?: readonly string[] | undefined };

/** Both axes of time. */
export interface TimeFilter {
  /** Said or happened then or later. */
  occurredAfter?: Time | undefined;
  /** Said or happened before. */
  occurredBefore?: Time | undefined;
  /** What held then, by `validFrom` and `validTo`; without bounds it always holds. */
  validAt?: Time | undefined;
  /** What the system knew then: in the versions of that time, replaced ones included. */
  asOf?: Time | undefined;
}

/** How the times of a question and of memories count. */
export interface QuestionTime {
  /** What to do with a time that the question names; `auto`, a preference, when absent. */
  time?: 'auto' | 'filter' | 'off' | undefined;
  /** When the question is asked, for "last week"; now when absent. */
  referenceTime?: Time | undefined;
  /** 0 to 1: how much age counts against a memory; 0 when absent. */
  recency?: number | undefined;
}

export type FilterScalar = string | number | boolean | null;

/** Operators of one field; all of them must hold. Times are `Date`s, ISO 8601 or milliseconds. */
export interface FilterOperators {
  eq?: FilterScalar | Date;
  ne?: FilterScalar | Date;
  gt?: string | number | Date;
  gte?: string | number | Date;
  lt?: string | number | Date;
  lte?: string | number | Date;
  in?: readonly (FilterScalar | Date)[];
  nin?: readonly (FilterScalar | Date)[];
  /** A part of a text, or one whole element of a list. */
  contains?: string | number | boolean;
  /** The same without regard to case. */
  icontains?: string | number | boolean;
  exists?: boolean;
}

/**
 * The filter language: fields by their names on the wire (`kind`, `occurred_at`,
 * `metadata.plan`), which are ANDed; a plain value is `eq`.
 */
export interface Filter {
  AND?: readonly Filter[];
  OR?: readonly Filter[];
  /** None of them. */
  NOT?: readonly Filter[] | Filter;
  metadata?: { [name: string]: FilterScalar | FilterOperators };
  [field: string]:
    | FilterScalar
    | Date
    | FilterOperators
    | readonly Filter[]
    | Filter
    | { [name: string]: FilterScalar | FilterOperators };
}
