/** Cities people name that no IANA zone is called after. */
const MORE: Record<string, string> = {
  'san francisco': 'America/Los_Angeles',
  seattle: 'America/Los_Angeles',
  boston: 'America/New_York',
  washington: 'America/New_York',
  miami: 'America/New_York',
  houston: 'America/Chicago',
  montreal: 'America/Toronto',
  rio: 'America/Sao_Paulo',
  munich: 'Europe/Berlin',
  hamburg: 'Europe/Berlin',
  frankfurt: 'Europe/Berlin',
  cologne: 'Europe/Berlin',
  geneva: 'Europe/Zurich',
  barcelona: 'Europe/Madrid',
  milan: 'Europe/Rome',
  edinburgh: 'Europe/London',
  kyiv: 'Europe/Kiev',
  beijing: 'Asia/Shanghai',
  delhi: 'Asia/Kolkata',
  mumbai: 'Asia/Kolkata',
  bangalore: 'Asia/Kolkata',
  osaka: 'Asia/Tokyo',
  'tel aviv': 'Asia/Jerusalem',
  canberra: 'Australia/Sydney',
  utc: 'UTC',
  gmt: 'UTC',
};

let places: Map<string, string> | undefined;

function allPlaces(): Map<string, string> {
  if (places) return places;
  places = new Map();
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const city = zone.split('/').at(-1)?.replaceAll('_', ' ').toLowerCase();
    if (city && zone.includes('/') && !zone.startsWith('Etc/')) places.set(city, zone);
  }
  for (const [city, zone] of Object.entries(MORE)) places.set(city, zone);
  return places;
}

/** The time zones a text names, by city or by IANA name, in order. */
export function findZones(text: string): string[] {
  const found: string[] = [];
  const words = text.match(/[A-Za-z_]+(?:\/[A-Za-z_]+)+|[\p{L}.]+/gu) ?? [];
  for (let at = 0; at < words.length; at += 1) {
    const word = (words[at] ?? '').replace(/\.$/, '');
    const zone = word.includes('/')
      ? Intl.supportedValuesOf('timeZone').find((known) => known.toLowerCase() === word.toLowerCase())
      : (allPlaces().get(`${word} ${words[at + 1] ?? ''}`.toLowerCase().replace(/\.$/, '')) ?? cityOf(word));
    if (zone) found.push(zone);
  }
  return [...new Set(found)];
}

// Small words are zones too (Easter, Center): a city is written with a capital letter.
const cityOf = (word: string) =>
  /^\p{Lu}/u.test(word) || /^(utc|gmt)$/i.test(word) ? allPlaces().get(word.toLowerCase()) : undefined;
