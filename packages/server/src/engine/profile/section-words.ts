/** Which words of a key belong to which part of a profile. Data, and a look-up. */
import { foldTerm } from '../../text/fold.ts';

/** In the order in which they are shown. */
export const profileSections = [
  'identity',
  'preferences',
  'people',
  'projects',
  'plans',
  'open_threads',
  'notes',
] as const;
export type ProfileSection = (typeof profileSections)[number];

export interface SectionPlace {
  readonly section: ProfileSection;
  /** Place of the word in its list: a name comes before a shoe size. */
  readonly rank: number;
}

/**
 * Of two lists that both know a word of the key the earlier one decides: a favourite city is a
 * preference, the name of a wife is about people.
 */
const words = {
  preferences:
    'allergy allergies allergic allergie allergien alergia alergias intolerance diet dietary ' +
    'vegetarian vegan favorite favourite favorites favourites favorito favorita preferido ' +
    'prefer prefers preference preferences preferencias vorliebe vorlieben likes dislikes loves ' +
    'hates enjoys avoid avoids eats drinks taste tastes hobby hobbies hobbys pasatiempo loisirs ' +
    'interest interests interesse interessen interes intereses music food cuisine drink coffee ' +
    'tea color colour farbe couleur movie movies film films book books sport sports game games ' +
    'band genre style tone theme format units editor ide habit habits routine smoking aversion ' +
    '爱好 喜欢 喜好 偏好 过敏 趣味 好き 취미',
  projects:
    'project projects projekt projekte proyecto proyectos projet projets progetto progetti ' +
    'projeto projetos goal goals ziel ziele objetivo objetivos objectif thesis dissertation ' +
    'startup app repo repository codebase milestone milestones roadmap sprint deadline launch ' +
    'release backlog проект 项目 目标 プロジェクト 프로젝트',
  plans:
    'plan plans planned trip trips travel journey vacation holiday holidays appointment ' +
    'appointments event events meeting upcoming reminder reminders reise urlaub termin termine ' +
    'viaje viajes cita voyage vacances viaggio viagem wedding 计划 旅行 予定 계획',
  people:
    'spouse wife husband partner girlfriend boyfriend fiance fiancee married frau mann esposa ' +
    'esposo marido mujer mari femme children child kids kid son sons daughter daughters baby ' +
    'kinder kind sohn tochter hijo hija hijos fils fille enfants mother father mom mum dad ' +
    'parents parent mutter vater eltern madre padre padres mere pere sister sisters brother ' +
    'brothers sibling siblings schwester bruder hermana hermano soeur frere grandmother ' +
    'grandfather grandparents aunt uncle cousin nephew niece family familie familia famille ' +
    'famiglia friend friends freund freundin freunde amigo amiga amigos ami amie amis roommate ' +
    'neighbor neighbour boss manager mentor colleague colleagues coworker team teacher doctor ' +
    'dentist therapist landlord lawyer contact contacts pet pets dog dogs cat cats hund katze ' +
    'perro gato 家人 家庭 朋友 家族 友達 가족 친구',
  identity:
    'name names nickname nombre nom nome vorname nachname pronouns gender age alter edad born ' +
    'birthday birthdate birth geburtstag cumpleanos anniversaire birthplace nationality home ' +
    'lives city town village hometown residence location address country stadt wohnort ciudad ' +
    'ville citta cidade job occupation profession career work works role title position beruf ' +
    'trabajo profesion metier lavoro trabalho employer company school university college degree ' +
    'education major student study language languages speaks idioma idiomas sprache sprachen ' +
    'langue langues religion timezone email phone mobile marital relationship status height ' +
    'weight size blood health medical condition conditions medication medications disability ' +
    'background bio about 姓名 名字 年龄 城市 职业 工作 生日 名前 年齢 仕事 이름 나이 직업 имя возраст город',
} as const;

type NamedSection = keyof typeof words;
const order: readonly NamedSection[] = ['preferences', 'projects', 'plans', 'people', 'identity'];

interface Known extends SectionPlace {
  /** Place of its list in the order. */
  readonly list: number;
}

const known = new Map<string, Known>();
for (const [list, section] of order.entries()) {
  for (const [rank, word] of words[section].split(' ').entries()) {
    const folded = foldTerm(word);
    if (!known.has(folded)) known.set(folded, { section, rank, list });
  }
}

/** Undefined where no word is known. */
export function sectionOf(text: readonly string[]): SectionPlace | undefined {
  let best: Known | undefined;
  for (const word of text) {
    const place = known.get(foldTerm(word));
    if (place === undefined) continue;
    const isBetter = best && (place.list - best.list || place.rank - best.rank) < 0;
    if (best === undefined || isBetter) best = place;
  }
  return best && { section: best.section, rank: best.rank };
}

/** Words that only say whose key it is. */
const owners = new Set([
  'user',
  'users',
  'profile',
  'my',
  'me',
  'personal',
  'info',
  'fact',
  'facts',
]);

/** "user.favoriteColor" is about the favorite color. */
export function wordsOfKey(key: string): string[] {
  const parted = key.replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ');
  const all = parted.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const telling = all.filter((word) => !owners.has(word));
  return telling.length > 0 ? telling : all;
}

/** Whether the key says nothing but that it is about the user. */
export function isOfUser(key: string): boolean {
  return wordsOfKey(key).every((word) => owners.has(word));
}
