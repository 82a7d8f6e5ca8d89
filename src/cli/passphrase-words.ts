/**
 * Words that say little about a passphrase, because everybody takes them.
 * @module
 */

/** Words that every list of stolen passwords begins with, and those close at hand here. */
export const COMMON_WORDS: readonly string[] = [
  ...['password', 'passwort', 'passphrase', 'iloveyou', 'princess', 'sunshine', 'football'],
  ...['baseball', 'superman', 'starwars', 'whatever', 'trustnoi', 'welcome', 'letmein', 'monkey'],
  ...['dragon', 'master', 'shadow', 'freedom', 'michael', 'charlie', 'jordan', 'secret', 'hello'],
  ...['admin', 'login', 'summer', 'winter', 'family', 'familie', 'photos', 'photo', 'fotos'],
  ...['google', 'takeout', 'tintype', 'plakar', 'backup', 'change', 'test', 'pass', 'love'],
  ...['hallo', 'schatz', 'sommer', 'urlaub', 'sonne', 'christmas', 'holiday', 'spring', 'autumn'],
  ...['computer', 'internet', 'qwerty', 'azerty', 'asdfgh', 'abcdef', 'flower', 'cookie', 'soccer'],
]

/** The most frequent words of running English, German and French text. */
export const LITTLE_WORDS: ReadonlySet<string> = new Set(
  `the and that have for not with you this but his from they say her she will one all would there
  their what out about who get which when make can like time just him know take people into year
  your good some could them see other than then now look only come its over think also back after
  use two how our work first well way even new want because any these give day most are was were
  been has had did does said very much more many love dog cat home house mother father baby life
  man men woman girl boy friend world great always never forever best little big old happy birthday
  where here why again every
  der die das und ist ich nicht ein eine einen mit den dem des auf für von sie wir ihr mein meine meinen
  dein deine sein seine auch als aber wie was wer bei nach nur noch haben hat war sind bin bist wird
  werden kann muss mich dich sich mir dir uns alle alles immer nie liebe lieb hund katze haus kind
  mama papa oma opa mann frau gut groß klein neu schön heute morgen jahr tag welt leben
  les des une est pas que qui dans pour sur avec mon mes ton son ses nous vous elle ils mais
  comme plus tout fait bien chat chien maison amour toujours jamais vie jour`.split(/\s+/),
)

/** What is quoted everywhere, the examples of texts about passphrases among it. */
export const SAYINGS: readonly string[] = [
  ...[
    'correct horse battery staple',
    'to be or not to be that is the question',
    'to be or not to be',
    'may the force be with you',
  ],
  ...['i think therefore i am', 'all you need is love', 'let it be', 'once upon a time'],
  ...[
    'it was the best of times',
    'in the beginning',
    'our father',
    'vater unser',
    'the quick brown fox',
  ],
  ...['lorem ipsum', 'ask not what your country', 'i have a dream', 'houston we have a problem'],
  ...['alle meine entchen', 'es war einmal', 'sein oder nicht sein', 'je pense donc je suis'],
  ...['hello darkness my old friend', 'twinkle twinkle little star', 'happy birthday to you'],
  ...['never gonna give you up', 'winter is coming', 'open sesame', 'sesam öffne dich'],
]
