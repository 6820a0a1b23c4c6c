/** Who the user of a namespace is, in lines with their sources. */

export interface ProfileLine {
  /** Plain text without a line break. */
  text: string;
  /** Ids of memories; the one that says it comes first. */
  sources: string[];
  updatedAt: string;
  /** 0 to 1. */
  confidence: number;
  /** `flagged`: something was found in it, see docs/guides/hygiene.md. */
  trust: 'normal' | 'flagged';
}

export interface ProfileSections {
  identity: ProfileLine[];
  preferences: ProfileLine[];
  people: ProfileLine[];
  projects: ProfileLine[];
  /** What dreams expect, and facts about plans. */
  plans: ProfileLine[];
  /** The last turn of each thread that is open. */
  openThreads: ProfileLine[];
  /** Pinned and important memories and short facts that belong to none of the others. */
  notes: ProfileLine[];
}

export interface ProfileResult {
  namespace: string;
  /** Memories that it was made from. */
  lookedAt: number;
  /** Whether that is all of them. */
  complete: boolean;
  sections: ProfileSections;
  queryTimeMs: number;
}
