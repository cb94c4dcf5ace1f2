/**
 * Letters of other scripts that look like one of a to z, and dashes that look like the hyphen, by what they look like.
 * Not the whole of what Unicode lists: the letters that a name could be imitated with on a login page.
 * @see UTS #39 section 4 (confusable detection)
 */
const LOOK_ALIKES = new Map(
  Object.entries({
    a: 'аαɑᴀ',
    b: 'вьʙ',
    c: 'сϲᴄ',
    d: 'ԁᴅ',
    e: 'еᴇ',
    f: 'ꜰ',
    g: 'ɡցɢ',
    h: 'һհнʜ',
    i: 'іιɩɪ',
    j: 'јϳյᴊ',
    k: 'кκĸᴋ',
    l: 'ӏǀʟ',
    m: 'мᴍ',
    n: 'ոɴ',
    o: 'оοօᴏ',
    p: 'рρᴘ',
    q: 'ԛզ',
    r: 'ʀ',
    s: 'ѕꜱ',
    t: 'тᴛ',
    u: 'υսᴜ',
    v: 'ѵνʋᴠ',
    w: 'ԝᴡ',
    x: 'хχ',
    y: 'уγʏ',
    z: 'ᴢ',
    σ: 'ς',
    '-': '‐‒–—−',
    '.': '。',
  }).flatMap(([plain, others]) => Array.from(others, (other) => [other, plain] as const)),
);

/** No login name is longer; what follows changes no verdict and costs time. */
const LONGEST = 1024;
const MOST_ROUNDS = 5;

/**
 * The one canonical form of a login name: without what cannot be seen, compatibility-normalised, case-folded, letters
 * that look alike made one. Stored in a unique column and the only form ever compared, so that every spelling of a
 * name meets one account and one lockout.
 */
export function foldLoginName(loginName: string): string {
  let name = loginName.slice(0, LONGEST);
  // A capital sharp s becomes a small one, and that a double s: only what folds to itself is canonical.
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const folded = foldOnce(name).slice(0, LONGEST);
    if (folded === name) break;
    name = folded;
  }
  return name;
}

function foldOnce(name: string): string {
  if (/^[!-~]*$/.test(name)) return name.toLowerCase();
  const visible = name.normalize('NFKD').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  const folded = visible.toUpperCase().toLowerCase().normalize('NFKD');
  const plain = Array.from(folded, (letter) => LOOK_ALIKES.get(letter) ?? letter).join('');
  return plain.normalize('NFKC').trim();
}

/** The canonical form of a name that is unique without regard to case: roles, application ids. */
export function foldName(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}
