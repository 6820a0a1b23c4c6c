/** How instructions to a model are worded, by what they want and in the larger languages. */

export type InstructionType =
  | 'override'
  | 'prompt_theft'
  | 'role_change'
  | 'secrecy'
  | 'template'
  | 'tool_call'
  | 'hidden_text';

/** One pattern after another, within one sentence and so many characters behind the first. */
export interface Wording {
  readonly type: InstructionType;
  readonly first: RegExp;
  readonly next: readonly RegExp[];
  /** 100 where absent. */
  readonly chars?: number;
}

const rules =
  '(?:instruct|prompt|directive|guideline|guardrail|programming|system message|rules?\\b)';

/** Over plain text in lower case. Accents are gone from Latin letters. */
export const wordings: readonly Wording[] = [
  // English.
  {
    type: 'override',
    first:
      /\b(?:ignore|disregard|forget|override|bypass|neglect|discard|(?:do not|don't|dont|stop|no longer) (?:follow|obey)(?:ing)?)\b/g,
    next: [
      /\b(?:previous|prior|above|earlier|preceding|former|existing|original|initial|all|any|your|every|everything|system|safety)\b/,
      new RegExp(`\\b(?:${rules}|(?:you were|you've been|that was) (?:told|given|said))`),
    ],
    chars: 60,
  },
  {
    type: 'override',
    first: /\b(?:ignore|disregard|forget|override|bypass)\b/g,
    next: [new RegExp(`\\bthe (?:${rules})\\w* (?:above|before|you (?:were|have|got))\\b`)],
    chars: 50,
  },
  {
    type: 'override',
    first:
      /\b(?:new|updated|real|actual|revised) (?:system )?(?:instructions?|directives?|prompt)(?: for (?:you|the (?:assistant|model|ai)))?:/g,
    next: [],
  },
  {
    type: 'prompt_theft',
    first:
      /\b(?:reveal|print|show|repeat|output|display|tell me|leak|dump|disclose|give me|write out|recite)\b/g,
    next: [
      /\b(?:system prompt|(?:your|the) (?:(?:initial|hidden|secret|original|full|exact|system) )+(?:instructions?|prompt)|(?:text|words|everything) above|your (?:system )?(?:prompt|instructions)\b)/,
    ],
    chars: 60,
  },
  {
    type: 'role_change',
    first:
      /\b(?:you are now|from now on,? you(?: are|'re| will| must)|act as|pretend (?:to be|you are|that you are)|you are no longer|switch to|enable|enter|activate)\b/g,
    next: [
      /\b(?:dan\b|do anything now|jailbr(?:eak|oken)|unrestricted|unfiltered|uncensored|without (?:any )?(?:restrictions|rules|limits|filters|guidelines)|(?:developer|debug|god|admin|root|sudo|maintenance) mode|no (?:restrictions|rules|filters)|evil (?:ai|assistant)|bound by)/,
    ],
    chars: 80,
  },
  {
    type: 'secrecy',
    first: /\b(?:do not|don't|dont|never|without)\b/g,
    next: [
      /\b(?:tell(?:ing)?|inform(?:ing)?|alert(?:ing)?|notify(?:ing)?|mention(?:ing)?|warn(?:ing)?)\b/,
      /\bthe (?:user|human|operator)\b/,
    ],
    chars: 50,
  },
  {
    type: 'prompt_theft',
    first: /\b(?:send|forward|post|upload|exfiltrate|append|transmit|email)\b/g,
    next: [
      /\b(?:conversation|chat history|chat log|memories|memory contents|system prompt|api keys?|credentials|passwords|user'?s? data|user'?s? (?:information|messages))\b/,
      /\bto (?:https?:|[\w.+-]{1,64}@)/,
    ],
    chars: 120,
  },
  // German.
  {
    type: 'override',
    first:
      /\b(?:ignoriere?n?|vergiss|vergessen sie|missachte|uberschreibe|befolge(?:n sie)? (?:nicht|keine))\b/g,
    next: [
      /\b(?:alle|vorherigen?|bisherigen?|obigen?|fruheren?|vorigen?|deine|ihre|samtliche|die)\b/,
      /\b(?:anweisung|instruktion|vorgabe|regel|systemprompt|prompt|richtlinie)/,
    ],
  },
  {
    type: 'prompt_theft',
    first: /\b(?:zeige?|gib|verrate|wiederhole|nenne)\b/g,
    next: [/\b(?:system-?prompt|deine (?:\w+ )?(?:anweisungen|instruktionen|vorgaben))/],
  },
  // Spanish and Portuguese.
  {
    type: 'override',
    first:
      /\b(?:ignor[ae]n?|olvid[ae]|olvidate|desobedece|descarta|omite|no sigas|esqueca|desconsidere|nao siga)\b/g,
    next: [
      /\b(?:tod[ao]s?|anterior(?:es)?|previ[ao]s?|tus|sus|las|los|as|os|suas|seu)\b/,
      /\b(?:instruccion|instruco|instrucao|reglas|regras|directric|diretriz|indicacion|ordenes|ordens|prompt)/,
    ],
  },
  {
    type: 'prompt_theft',
    first: /\b(?:muestra(?:me)?|revela|imprime|repite|mostre|revele|repita|dime|diga)\b/g,
    next: [
      /\b(?:prompt d[eo]l? sistema|tus instrucciones|suas instrucoes|instrucciones (?:ocultas|del sistema)|instrucoes (?:ocultas|do sistema))/,
    ],
  },
  // French.
  {
    type: 'override',
    first:
      /\b(?:ignore[zr]?|oublie[zr]?|ne (?:suis|respecte[zr]?|suivez) (?:pas|plus)|neglige[zr]?|fais abstraction)\b/g,
    next: [
      /\b(?:toutes?|tous|precedente?s?|anterieure?s?|les|tes|vos|des)\b/,
      /\b(?:instruction|consigne|directive|regles|prompt)/,
    ],
  },
  {
    type: 'prompt_theft',
    first: /\b(?:montre|revele|affiche|repete|donne)[zr]?\b/g,
    next: [/\b(?:prompt systeme|(?:tes|vos) (?:instructions|consignes)|invite systeme)/],
  },
  // Italian, Dutch, Polish, Turkish.
  {
    type: 'override',
    first: /\b(?:ignora(?:te)?|dimentica|trascura|non seguire)\b/g,
    next: [/\b(?:tutt[ei]|precedenti|le|tue)\b/, /\b(?:istruzioni|regole|direttive|prompt)/],
  },
  {
    type: 'override',
    first: /\b(?:negeer|vergeet|volg niet)\b/g,
    next: [
      /\b(?:alle|vorige|eerdere|bovenstaande|voorgaande|je|de)\b/,
      /\b(?:instructies|regels|richtlijnen|aanwijzingen|opdrachten|prompt)/,
    ],
  },
  {
    type: 'override',
    first: /(?<!\p{L})(?:zignoruj|ignoruj|zapomnij|pomin)(?!\p{L})/gu,
    next: [
      /(?:poprzedni|wczesniejsz|wszystkie|swoje|powyzsz)/,
      /(?:instrukcj|polecen|zasad|wytyczn|prompt)/,
    ],
  },
  {
    type: 'override',
    first: /(?:onceki|yukaridaki|tum|butun)/g,
    next: [/(?:talimat|yonerge|komut|kural)/, /(?:yok say|gormezden gel|unut|dikkate alma)/],
  },
  // Russian and Ukrainian.
  {
    type: 'override',
    first:
      /(?:игнорируй(?:те)?|проигнорируй(?:те)?|забудь(?:те)?|не (?:следуй|выполняй)(?:те)?|ігноруй(?:те)?)/g,
    next: [
      /(?:предыдущ|прежн|вс[еёі]|свои|ваши|твои|вышеуказанн|попередн)/,
      /(?:инструкци|указани|правил|команд|директив|промпт|інструкц|вказівк)/,
    ],
  },
  {
    type: 'prompt_theft',
    first: /(?:покажи|раскрой|выведи|повтори|напиши)/g,
    next: [/(?:системн\S{1,4} (?:промпт|инструкци|подсказк)|свои инструкции)/],
  },
  // Chinese, Japanese, Korean.
  {
    type: 'override',
    first: /(?:忽略|无视|無視|忘记|忘記|忘掉|不要理会|不要遵守|不要遵循|忽视)/g,
    next: [
      /(?:之前|以上|先前|所有|前面|上述|上面|此前|一切|你的|系统|系統|全部)/,
      /(?:指令|指示|提示|规则|規則|设定|設定|命令)/,
    ],
    chars: 30,
  },
  {
    type: 'prompt_theft',
    first: /(?:显示|输出|告诉我|重复|泄露|打印|顯示|輸出)/g,
    next: [/(?:系统提示|系統提示|你的(?:初始|原始|隐藏|全部)?(?:指令|提示词|提示詞))/],
    chars: 30,
  },
  {
    type: 'override',
    first: /(?:以前の|これまでの|前の|上記の|今までの|すべての|全ての|先ほどの|あなたの)/g,
    next: [/(?:指示|命令|プロンプト|ルール|規則|指令)/, /(?:無視|忘れ|従わな|破棄)/],
    chars: 40,
  },
  {
    type: 'prompt_theft',
    first: /(?:システムプロンプト|初期指示|내부 지침|시스템 프롬프트)/g,
    next: [/(?:表示|教え|出力|見せ|明か|보여|출력|알려|공개)/],
    chars: 30,
  },
  {
    type: 'override',
    first: /(?:이전|위의|지금까지|모든|앞의|기존)/g,
    next: [/(?:지시|명령|지침|프롬프트|규칙)/, /(?:무시|잊|따르지)/],
    chars: 40,
  },
  // Arabic, Hindi.
  {
    type: 'override',
    first: /(?:تجاهل|انس|لا تتبع|تجاوز)/g,
    next: [/(?:تعليمات|التعليمات|الأوامر|القواعد|التوجيهات|الاوامر)/],
    chars: 40,
  },
  {
    type: 'override',
    first: /(?:पिछले|पहले के|सभी|पिछली|ऊपर के)/g,
    next: [/(?:निर्देश|आदेश|नियम)/, /(?:अनदेखा|नज़रअंदाज़|नजरअंदाज|भूल|उपेक्षा)/],
    chars: 60,
  },
  // What chat templates, and models that call tools, give meaning to.
  {
    type: 'template',
    first:
      /<\|[a-z_]{2,32}\|>|<｜[^｜\n]{2,32}｜>|\[\/?inst\]|<<\/?sys>>|<(?:start|end)_of_turn>|^#{2,3} ?(?:system|instruction|system prompt|assistant):?\s*$|<\/?(?:system|assistant)(?:_prompt|_message|-reminder)?>|\[system\](?:\(#\w+\))?:?/gm,
    next: [],
  },
  {
    type: 'tool_call',
    first:
      /<\/?(?:tool_call|function_calls?|tool_use|tool_result|function_results|invoke name=|antml:[a-z_]+)\b|\[tool_(?:calls|results)\]|"(?:tool_calls|function_call)"\s{0,4}:\s{0,4}[[{]|"type"\s{0,4}:\s{0,4}"tool_use"/g,
    next: [],
  },
];
