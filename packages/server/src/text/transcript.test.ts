import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTranscript } from './transcript.ts';

const roles = (value: string): string[] | undefined =>
  parseTranscript(value)?.map((turn) => turn.role);

describe('parseTranscript', () => {
  it('reads labels, continuation lines and offsets', () => {
    const value = 'User: I moved to Bern.\nIt rains.\n\nAssistant: Noted!';
    const turns = parseTranscript(value);
    expect(turns?.map(({ role, label, text }) => [role, label, text])).toEqual([
      ['user', 'User', 'I moved to Bern.\nIt rains.'],
      ['assistant', 'Assistant', 'Noted!'],
    ]);
    expect(turns?.map((turn) => value.slice(turn.start, turn.end)).join('')).toBe(value);
  });

  it.each([
    'Human: hi\nAI: hello',
    'Q: Why?\nA: Because.',
    '**User:** hi\n**Assistant:** hello',
    'Customer: it broke\nAgent: sorry',
    'Benutzer: Hallo\nAssistent: Guten Tag',
    'Utilisateur : Bonjour\nAssistant : Salut',
    'Usuario: Hola\nAsistente: Buenas',
    'Utente: Ciao\nAssistente: Salve',
    'Usuário: Oi\nAssistente: Olá',
    'Gebruiker: Hoi\nAssistent: Dag',
    'Пользователь: Привет\nАссистент: Здравствуйте',
    '用户：你好\n助手：您好',
    'ユーザー：こんにちは\nアシスタント：はい',
    '사용자: 안녕\n어시스턴트: 네',
    'المستخدم: مرحبا\nالمساعد: أهلا',
  ])('knows the labels of %j', (value) => {
    expect(roles(value)).toEqual(['user', 'assistant']);
  });

  it('keeps system turns and a preamble', () => {
    expect(roles('From yesterday.\nSystem: be kind\nUser: hi')).toEqual([
      'other',
      'system',
      'user',
    ]);
  });

  it.each([
    'Note: x\nTodo: y',
    'Name: Ann\nAge: 3',
    'Client: Acme\nModel: X200',
    'User: only one role\nUser: again',
    'I asked the user: why?\nThe assistant left.',
    'https://user:ai@example.com',
    '',
  ])('is no transcript: %j', (value) => {
    expect(parseTranscript(value)).toBeUndefined();
  });

  it('covers any transcript without gaps', () => {
    const line = fc.tuple(fc.constantFrom('User', 'AI', 'System', ''), fc.string());
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const value = lines.map(([label, text]) => (label ? `${label}: ${text}` : text)).join('\n');
        const turns = parseTranscript(value);
        if (turns === undefined) return;
        let at = turns[0]?.start ?? 0;
        for (const turn of turns) {
          expect(turn.start).toBe(at);
          at = turn.end;
        }
        expect(at).toBe(value.length);
      }),
    );
  });

  it('is linear on adversarial input', () => {
    const began = performance.now();
    for (const piece of ['\n', 'User: ', '*', ' ', 'a:', 'User\n', '：\n']) {
      parseTranscript(piece.repeat(Math.ceil(32_768 / piece.length)));
    }
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
