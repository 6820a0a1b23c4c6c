/** The words that open a turn in a written dialogue, in twelve languages, by role. */

export type Role = 'user' | 'assistant' | 'system' | 'other';

/** Lower case; one list per role, languages in the order en de fr es it pt nl ru zh ja ko ar. */
const labels: Readonly<Record<Role, string>> = {
  user:
    'user|human|customer|client|caller|you|me|q|question|' +
    'benutzer|nutzer|mensch|kunde|kundin|anrufer|frage|ich|' +
    'utilisateur|utilisatrice|humain|cliente|question|moi|' +
    'usuario|usuaria|humano|pregunta|p|yo|' +
    'utente|umano|domanda|io|' +
    'usuário|usuária|pergunta|eu|' +
    'gebruiker|mens|klant|vraag|v|ik|' +
    'пользователь|человек|клиент|вопрос|я|в|' +
    '用户|用戶|使用者|人类|人類|客户|顾客|客人|问|問|问题|問題|我|' +
    'ユーザー|ユーザ|人間|お客様|顧客|質問|私|' +
    '사용자|유저|인간|고객|질문|문|나|' +
    'المستخدم|مستخدم|إنسان|العميل|عميل|سؤال|س|أنا',
  assistant:
    'assistant|ai|bot|chatbot|agent|llm|a|answer|response|support|support agent|' +
    'representative|operator|chatgpt|gpt|gpt-4|claude|gemini|copilot|ai assistant|ki|' +
    'assistent|assistentin|antwort|berater|beraterin|mitarbeiter|agentin|' +
    'ia|réponse|r|conseiller|conseillère|assistante|' +
    'asistente|respuesta|agente|' +
    'assistente|risposta|operatore|' +
    'resposta|atendente|robô|' +
    'antwoord|medewerker|' +
    'ассистент|помощник|ии|бот|агент|оператор|ответ|о|' +
    '助手|助理|人工智能|机器人|機器人|客服|答|回答|' +
    'アシスタント|ボット|担当者|オペレーター|回答|答え|' +
    '어시스턴트|비서|봇|챗봇|상담원|답변|답|' +
    'المساعد|مساعد|الذكاء الاصطناعي|روبوت|الوكيل|وكيل|جواب|إجابة|ج',
  system:
    'system|system prompt|' +
    'systemanweisung|système|sistema|systeem|система|系统|系統|システム|시스템|النظام|نظام',
  other:
    'tool|narrator|moderator|' +
    'werkzeug|erzähler|outil|narrateur|herramienta|narrador|strumento|narratore|ferramenta|' +
    'verteller|инструмент|рассказчик|工具|旁白|ツール|ナレーター|도구|해설|أداة|الراوي',
};

const roles = new Map<string, Role>();
for (const role of ['other', 'system', 'user', 'assistant'] as const) {
  for (const label of labels[role].split('|')) roles.set(label, role);
}

/** Role of a label as written, without its colon; undefined for any other word. */
export function roleOf(label: string): Role | undefined {
  const plain = label.normalize('NFKC').toLowerCase();
  return roles.get(plain) ?? roles.get(plain.replace(/\s*(?:\d{1,3}|\(.{1,30}\)| said)$/u, ''));
}
