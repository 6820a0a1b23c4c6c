/** Whether a memory states something at all. */
import { questionShare } from '../../text/question-share.ts';
import { isQuestion } from '../../text/statement-doubts.ts';
import type { DreamMemory } from './strategy.ts';

/** Neither a question nor a courtesy, and no echo. */
export function states({ isEcho, text }: DreamMemory): boolean {
  if (isEcho || questionShare(text) > 0 || courtesy.test(text)) return false;
  return !isQuestion(text.slice(0, sentenceChars).toLowerCase());
}

const sentenceChars = 400;
const courtesies =
  'thanks?|thank you|please|welcome|sorry|hello|hey|wow|congrats|bye|see you|good (?:luck|night)';
const courtesy = new RegExp(`\\b(?:${courtesies})\\b`, 'iu');
