/**
 * Texts in four languages of which a reader knows what they are: the same, nearly the same, or
 * different though they look alike. `same` and `near` also hold what a simple method misses, and
 * `other` what it takes for a repetition.
 */

export interface PlantedLanguage {
  /** Two texts with the same words. */
  readonly same: readonly (readonly [string, string])[];
  /** Two texts that tell one thing. */
  readonly near: readonly (readonly [string, string])[];
  /** Two texts that tell two things. */
  readonly other: readonly (readonly [string, string])[];
  /** Texts that nothing else is like. */
  readonly plain: readonly string[];
}

const en: PlantedLanguage = {
  same: [
    ['Clara restores old pianos in Ghent.', 'clara restores old pianos in Ghent'],
    ['My flight to Osaka leaves at six.', 'My flight to Osaka leaves at six!'],
    ['The landlord wants the rent on the first.', 'The  landlord wants the rent on the first.'],
    ['User prefers answers in bullet points.', 'User prefers answers in bullet points'],
    ['Biscuit is an old greyhound.', '"Biscuit is an old greyhound."'],
    ['The office moved to Queen Street.', 'The office moved to Queen Street'],
    ['She is allergic to penicillin.', 'She is allergic to penicillin.'],
    ['Tom coaches the under-twelves.', 'Tom coaches the under-twelves'],
  ],
  near: [
    ['I moved to Lisbon in May with my dog.', 'I have moved to Lisbon in May with my dog.'],
    [
      'The user likes dark mode in every editor.',
      'The user really likes dark mode in every editor.',
    ],
    ['On Fridays we order pizza from Luigi.', 'We order pizza from Luigi on Fridays.'],
    [
      'My daughter Ines is allergic to peanuts and cashews.',
      'My daughter Ines is allergic to penauts and cashews.',
    ],
    ['Our wedding was at a lake house near Bled.', 'Our wedding was in a lake house near Bled.'],
    [
      'The team meets every second Thursday in the library.',
      'The team meets every second Thursday in the old library.',
    ],
    [
      'Please always answer in short sentences without jargon.',
      'Always answer in short sentences without jargon.',
    ],
    [
      'He works as a nurse at the children hospital.',
      'He works as a nurse at the childrens hospital.',
    ],
    [
      'I purchased a used camera from my neighbour.',
      'I bought a second-hand camera from my neighbour.',
    ],
    ['The car is being repaired until the weekend.', 'Until the weekend the garage has my car.'],
  ],
  other: [
    [
      'The dentist appointment is on Monday at 5 pm.',
      'The dentist appointment is on Monday at 6 pm.',
    ],
    ['Anna owes Robert twenty euros for dinner.', 'Robert owes Anna twenty euros for dinner.'],
    [
      'I like the new keyboard with quiet switches.',
      'I do not like the new keyboard with quiet switches.',
    ],
    [
      'My sister Ruth lives in Oslo near the harbour.',
      'My sister Ruth lives in Bergen near the harbour.',
    ],
    ['The first draft is due on Tuesday morning.', 'The second draft is due on Tuesday morning.'],
    [
      'Remind me to water the plants in the kitchen.',
      'Remind me to clean the windows in the kitchen.',
    ],
    [
      'The password of the guest network was changed.',
      'The password of the office network was changed.',
    ],
    [
      'Mark speaks French, German and a little Czech.',
      'Paul speaks French, German and a little Czech.',
    ],
    ['We never eat meat at home during the week.', 'We eat meat at home during the week.'],
    ['He was born in Rome and she in Milan.', 'He was born in Milan and she in Rome.'],
    ['He keeps the spare tyre in the old barn.', 'She keeps the spare tyre in the old barn.'],
  ],
  plain: [
    'The quarterly report goes to the board on the tenth.',
    'I signed up for a pottery course.',
    'Grandfather repaired clocks for a living.',
    'Our neighbours are building a sauna behind the shed.',
    'The soup needs more thyme and less salt.',
    'I lost my umbrella on the number twelve bus.',
    'The printer on the third floor jams when it rains.',
    'She plays the viola in a youth orchestra.',
    'My brother studies marine biology.',
    'The heating in the bathroom is broken.',
    'We take the ferry instead of the bridge.',
    'I am training for a half marathon.',
    'Deploys happen from the main branch only.',
    'The garden needs a new fence.',
    'He collects stamps from former Yugoslavia.',
    'The library closes early in August.',
    'My manager prefers calls over long emails.',
    'The cat hides whenever the vacuum starts.',
    'We celebrate name days, not birthdays.',
    'A spare key hangs under the blue flower pot.',
    'The hotel has no lift and steep stairs.',
    'Invoices are sent in Swiss francs.',
  ],
};

const de: PlantedLanguage = {
  same: [
    ['Jonas repariert alte Motorräder.', 'jonas repariert alte motorräder'],
    ['Der Zug nach Graz fährt um acht.', 'Der Zug nach Graz fährt um acht!'],
    ['Oma backt jeden Samstag Zopf.', 'Oma backt jeden Samstag Zopf'],
    ['Ich trinke keinen Kaffee nach drei.', 'Ich trinke keinen Kaffee nach drei.'],
    ['Die Praxis hat mittwochs zu.', 'Die Praxis hat  mittwochs zu.'],
    ['Lena ist gegen Nüsse allergisch.', '„Lena ist gegen Nüsse allergisch.“'],
    ['Das Büro liegt in der Lindenstraße.', 'Das Büro liegt in der Lindenstraße'],
    [
      'Er sammelt Schallplatten aus den Siebzigern.',
      'Er sammelt Schallplatten aus den Siebzigern!',
    ],
  ],
  near: [
    [
      'Ich bin im Mai mit meinem Hund nach Leipzig gezogen.',
      'Im Mai bin ich mit meinem Hund nach Leipzig gezogen.',
    ],
    [
      'Der Nutzer möchte kurze Antworten ohne Fachwörter haben.',
      'Der Nutzer möchte bitte kurze Antworten ohne Fachwörter haben.',
    ],
    [
      'Freitags bestellen wir Pizza bei Luigi um die Ecke.',
      'Wir bestellen freitags Pizza bei Luigi um die Ecke.',
    ],
    [
      'Unsere Hochzeit war in einem Haus am Bodensee.',
      'Unsere Hochzeit war in dem Haus am Bodensee.',
    ],
    [
      'Meine Tochter lernt seit September Geige in der Musikschule.',
      'Meine Tochter lernt schon seit September Geige in der Musikschule.',
    ],
    [
      'Das Team trifft sich jeden zweiten Donnerstag in der Bibliothek.',
      'Das Team trifft sich jeden zweiten Donnerstag in der Bibilothek.',
    ],
    ['Herr Wagner ist ab August im Ruhestand.', 'Herr Wagner ist ab August dann im Ruhestand.'],
    ['Die Heizung im Badezimmer ist wieder kaputt.', 'Die Heizung im Badezimmer ist kaputt.'],
    [
      'Ich habe mir ein gebrauchtes Fahrrad gekauft.',
      'Ich besitze jetzt ein Rad aus zweiter Hand.',
    ],
    ['Der Wagen steht bis Samstag in der Werkstatt.', 'Bis Samstag ist das Auto in Reparatur.'],
  ],
  other: [
    [
      'Der Termin beim Zahnarzt ist am Montag um 17 Uhr.',
      'Der Termin beim Zahnarzt ist am Montag um 18 Uhr.',
    ],
    [
      'Anna schuldet Robert zwanzig Euro für das Essen.',
      'Robert schuldet Anna zwanzig Euro für das Essen.',
    ],
    [
      'Ich mag die neue Tastatur mit leisen Tasten.',
      'Ich mag die neue Tastatur mit leisen Tasten nicht.',
    ],
    [
      'Meine Schwester wohnt in Kiel in der Nähe vom Hafen.',
      'Meine Schwester wohnt in Bremen in der Nähe vom Hafen.',
    ],
    ['Der erste Entwurf ist am Dienstag fällig.', 'Der zweite Entwurf ist am Dienstag fällig.'],
    [
      'Erinnere mich daran, die Blumen in der Küche zu gießen.',
      'Erinnere mich daran, die Fenster in der Küche zu putzen.',
    ],
    [
      'Das Passwort für das Gastnetz wurde geändert.',
      'Das Passwort für das Büronetz wurde geändert.',
    ],
    [
      'Markus spricht Französisch, Dänisch und etwas Tschechisch.',
      'Paul spricht Französisch, Dänisch und etwas Tschechisch.',
    ],
    [
      'Wir essen unter der Woche zu Hause Fleisch.',
      'Wir essen unter der Woche zu Hause kein Fleisch.',
    ],
    ['Er ist in Wien geboren und sie in Bern.', 'Er ist in Bern geboren und sie in Wien.'],
    [
      'Mein Rezept für Apfelkuchen hängt am Kühlschrank.',
      'Dein Rezept für Apfelkuchen hängt am Kühlschrank.',
    ],
  ],
  plain: [
    'Der Quartalsbericht geht am Zehnten an den Vorstand.',
    'Ich mache gerade einen Töpferkurs.',
    'Großvater war Uhrmacher im Schwarzwald.',
    'Die Nachbarn bauen eine Sauna.',
    'In die Suppe gehört mehr Thymian.',
    'Mein Regenschirm liegt noch im Bus.',
    'Der Drucker im dritten Stock streikt bei Regen.',
    'Sie spielt Bratsche im Jugendorchester.',
    'Mein Bruder studiert Meeresbiologie.',
    'Rechnungen bitte immer in Franken.',
    'Wir nehmen lieber die Fähre.',
    'Ich trainiere für einen Halbmarathon.',
    'Der Garten braucht einen neuen Zaun.',
    'Die Bücherei schließt im August früher.',
    'Meine Chefin telefoniert lieber.',
    'Die Katze fürchtet den Staubsauger.',
    'Wir feiern Namenstage statt Geburtstage.',
    'Der Ersatzschlüssel hängt unter dem Blumentopf.',
    'Das Hotel hat keinen Aufzug.',
    'Veröffentlicht wird nur vom Hauptzweig.',
    'Im Keller steht noch das alte Klavier.',
    'Der Kindergarten sucht eine Köchin.',
  ],
};

const es: PlantedLanguage = {
  same: [
    ['Clara restaura pianos antiguos.', 'clara restaura pianos antiguos'],
    ['El vuelo a Lima sale a las seis.', '¡El vuelo a Lima sale a las seis!'],
    ['La oficina está en la calle Mayor.', 'La oficina está en la calle Mayor'],
    ['Mi abuela cocina los domingos.', 'Mi  abuela cocina los domingos.'],
    ['Prefiere respuestas breves.', 'Prefiere respuestas breves'],
    ['Lola es alérgica a los mariscos.', '«Lola es alérgica a los mariscos.»'],
    ['El perro se llama Bizcocho.', 'El perro se llama Bizcocho.'],
    ['Toca el violonchelo desde niña.', 'Toca el violonchelo desde niña!'],
  ],
  near: [
    ['Me mudé a Valencia en mayo con mi perro.', 'En mayo me mudé a Valencia con mi perro.'],
    [
      'El usuario prefiere el modo oscuro en todos los editores.',
      'El usuario siempre prefiere el modo oscuro en todos los editores.',
    ],
    [
      'Los viernes pedimos pizza en el local de Luigi.',
      'Pedimos pizza en el local de Luigi los viernes.',
    ],
    ['Mi hija Inés es alérgica a los cacahuetes.', 'Mi hija Inés es alérgica a los cacahuates.'],
    ['Nuestra boda fue en una casa junto al lago.', 'Nuestra boda fue en la casa junto al lago.'],
    [
      'El equipo se reúne cada dos jueves en la biblioteca.',
      'El equipo se reúne cada dos jueves en la biblioteca central.',
    ],
    [
      'Trabaja como enfermero en el hospital infantil de Sevilla.',
      'Trabaja de enfermero en el hospital infantil de Sevilla.',
    ],
    [
      'Responde siempre con frases cortas y sin tecnicismos.',
      'Responde siempre con frases muy cortas y sin tecnicismos.',
    ],
    ['Compré una cámara usada a mi vecino.', 'Mi vecino me vendió una cámara de segunda mano.'],
    ['El coche está en el taller hasta el sábado.', 'Hasta el sábado me están arreglando el auto.'],
  ],
  other: [
    [
      'La cita con el dentista es el lunes a las 17.',
      'La cita con el dentista es el lunes a las 18.',
    ],
    [
      'Ana le debe veinte euros a Roberto por la cena.',
      'Roberto le debe veinte euros a Ana por la cena.',
    ],
    [
      'Me gusta el teclado nuevo con teclas silenciosas.',
      'No me gusta el teclado nuevo con teclas silenciosas.',
    ],
    ['Mi hermana vive en Bilbao cerca del puerto.', 'Mi hermana vive en Cádiz cerca del puerto.'],
    ['El primer borrador se entrega el martes.', 'El segundo borrador se entrega el martes.'],
    ['Recuérdame regar las plantas de la cocina.', 'Recuérdame limpiar las ventanas de la cocina.'],
    [
      'Cambiaron la contraseña de la red de invitados.',
      'Cambiaron la contraseña de la red de empleados.',
    ],
    [
      'Marcos habla francés, alemán y algo de checo.',
      'Pablo habla francés, alemán y algo de checo.',
    ],
    ['En casa nunca comemos carne entre semana.', 'En casa comemos carne entre semana.'],
    ['Él nació en Quito y ella en Bogotá.', 'Él nació en Bogotá y ella en Quito.'],
  ],
  plain: [
    'El informe trimestral va al consejo el día diez.',
    'Me apunté a un curso de cerámica.',
    'El abuelo arreglaba relojes.',
    'Los vecinos construyen una sauna.',
    'A la sopa le falta tomillo.',
    'Perdí el paraguas en el autobús.',
    'La impresora se atasca cuando llueve.',
    'Estudia biología marina en Vigo.',
    'La calefacción del baño no funciona.',
    'Preferimos el ferri al puente.',
    'Entreno para una media maratón.',
    'El jardín necesita una valla.',
    'Colecciona sellos de la antigua Yugoslavia.',
    'La biblioteca cierra pronto en agosto.',
    'Mi jefa prefiere las llamadas.',
    'El gato teme a la aspiradora.',
    'Celebramos los santos y no los cumpleaños.',
    'La llave de repuesto está bajo la maceta.',
    'El hotel no tiene ascensor.',
    'Las facturas se emiten en francos suizos.',
    'Solo se publica desde la rama principal.',
    'La guardería busca cocinera.',
  ],
};

const zh: PlantedLanguage = {
  same: [
    ['小李在杭州修旧钢琴。', '小李在杭州修旧钢琴'],
    ['去大阪的飞机六点起飞。', '去大阪的飞机六点起飞！'],
    ['奶奶每个周六做包子。', '奶奶每个周六做包子。'],
    ['她对青霉素过敏。', '“她对青霉素过敏。”'],
    ['办公室搬到了人民路。', '办公室搬到了人民路'],
    ['用户喜欢简短的回答。', '用户喜欢简短的回答'],
    ['我家的狗叫饼干。', '我家的狗叫饼干！'],
    ['他下午三点以后不喝咖啡。', '他下午三点以后不喝咖啡'],
  ],
  near: [
    ['我五月带着狗搬到了成都。', '五月我带着狗搬到了成都。'],
    ['用户在所有编辑器里都喜欢深色模式。', '用户在所有的编辑器里都喜欢深色模式。'],
    ['我们每个星期五在路易吉那里订披萨。', '我们每个星期五都在路易吉那里订披萨。'],
    ['我女儿对花生和腰果过敏。', '我的女儿对花生和腰果过敏。'],
    ['我们的婚礼在湖边的一座房子里举行。', '我们的婚礼在湖边一座房子里举行。'],
    ['团队每两周的星期四在图书馆开会。', '团队每两周的星期四会在图书馆开会。'],
    ['请用简短的句子回答，避免使用术语。', '请你用简短的句子回答，避免使用术语。'],
    ['他在儿童医院当了三年护士。', '他在儿童医院当护士当了三年。'],
    ['我从邻居那里买了一台二手相机。', '邻居把他用过的照相机卖给了我。'],
    ['汽车在修理厂，星期六才能取。', '车子要修到星期六。'],
  ],
  other: [
    ['牙医的预约在星期一下午五点。', '牙医的预约在星期一下午六点。'],
    ['小安欠小罗二十欧元的饭钱。', '小罗欠小安二十欧元的饭钱。'],
    ['我喜欢新的静音键盘的手感。', '我不喜欢新的静音键盘的手感。'],
    ['我姐姐住在青岛的港口附近。', '我姐姐住在大连的港口附近。'],
    ['第一份草稿星期二早上交。', '第二份草稿星期二早上交。'],
    ['提醒我给厨房里的植物浇水。', '提醒我把厨房里的窗户擦干净。'],
    ['访客网络的密码已经换了。', '办公网络的密码已经换了。'],
    ['小马会说法语、德语和一点捷克语。', '小朱会说法语、德语和一点捷克语。'],
    ['我们平时在家里吃肉。', '我们平时在家里不吃肉。'],
    ['他出生在西安，她出生在南京。', '他出生在南京，她出生在西安。'],
  ],
  plain: [
    '季度报告十号交给董事会。',
    '我报名了陶艺课。',
    '爷爷以前是修表匠。',
    '邻居正在后院盖桑拿房。',
    '汤里要多放点百里香。',
    '我把雨伞落在公交车上了。',
    '三楼的打印机一下雨就卡纸。',
    '她在青年乐团拉中提琴。',
    '弟弟学的是海洋生物学。',
    '浴室的暖气坏了。',
    '我们宁可坐渡轮。',
    '我在为半程马拉松训练。',
    '花园需要新的篱笆。',
    '图书馆八月份关门早。',
    '我的经理更喜欢打电话。',
    '猫一听到吸尘器就躲起来。',
    '备用钥匙在蓝色花盆下面。',
    '酒店没有电梯。',
    '发票用瑞士法郎开。',
    '只从主分支发布版本。',
    '幼儿园在找厨师。',
    '地下室里还有一台旧缝纫机。',
  ],
};

export const plantedLanguages: Readonly<Record<string, PlantedLanguage>> = { en, de, es, zh };

/** Put together here, so that no scanner of the repository takes them for real. */
const part = (...parts: string[]): string => parts.join('');
const letters = 'aB3dE5gH7jK9mN2pQ4sT6vX8zC1bD0fG3hJ5kL7nP9';

/** Each holds one secret. None of them opens anything. */
export const plantedSecrets: readonly string[] = [
  part('The key for the bot is sk-', 'proj-', letters),
  part('use sk-', letters.slice(0, 48), ' until Friday'),
  part('Meine Zugangsdaten: AK', 'IA', 'QZ4TRW6NBV3XK7LM'),
  part('token: gh', 'p_', letters.slice(0, 36)),
  part('el token de npm es np', 'm_', letters.slice(0, 36)),
  part('xo', 'xb-2048123456-', letters.slice(0, 24)),
  part('地图的密钥是 AI', 'za', letters.slice(0, 35)),
  part('-----BEGIN RSA PRIV', 'ATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----'),
  part('-----BEGIN OPENSSH PRIV', 'ATE KEY-----\nb3BlbnNzaC1rZXk='),
  'My card is 4111 1111 1111 1111, valid until May.',
  'Die Karte: 5500-0055-5555-5559',
  'La tarjeta de la empresa es 378282246310005.',
  '信用卡号是 6011000990139424。',
  part('Stripe: sk_', 'live_', letters.slice(0, 24)),
  // In a form that nobody has documented: missed.
  part('The door code of the service is pass', 'phrase-', 'correct-horse-battery'),
];

/** They look like secrets and are none. */
export const plantedLookalikes: readonly string[] = [
  'Set the variable to sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx in the example.',
  'The order number is 4111 1111 1111 1112.',
  'Call me at +49 1512 3456 7890 after lunch.',
  'Die IBAN ist DE89 3704 0044 0532 0130 00.',
  'The commit is 9fceb02d0ae598e95dc970b74767f19372d61af8.',
  'El número de serie es 0000 0000 0000 0000.',
  'mem_01890a5d-ac96-774b-bcce-b302099a8057 is the id.',
  'My sk-learn notebook is in the folder sk-learn-experiments.',
  'The file ends with -----END CERTIFICATE----- as it should.',
  '订单号是 1234567890123456。',
  'Tracking number 3782 8224 6310 006 has not moved.',
  'He ran 4242 metres, then 4242 again, then 4242 and 4242 more.',
];
