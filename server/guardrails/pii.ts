import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import validator from 'validator';
import type { PiiKind } from '@/lib/contracts/guardrails';
import { Room } from './room';

/** A piece of a text that is personal data: from `start` to before `end`, in UTF-16 units. */
export interface Pii {
  kind: PiiKind;
  start: number;
  end: number;
}

/**
 * Candidates are cut out by simple expressions, each linear in the text; whether one is what it looks like is for the
 * libraries to say: check digits of cards (Luhn) and of IBANs (ISO 13616), number plans of countries.
 */
const CANDIDATES: Record<PiiKind, { look: RegExp; is: (text: string, region: string) => boolean }> = {
  email: { look: /[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}/gu, is: (text) => validator.isEmail(text) },
  credit_card: {
    look: /(?<![\w-])\d(?:[ -]?\d){11,18}(?![\w-])/g,
    is: (text) => validator.isCreditCard(text.replace(/[ -]/g, '')),
  },
  iban: {
    look: /(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?!\w)/g,
    is: (text) => validator.isIBAN(text.replaceAll(' ', '')),
  },
  ip_address: {
    look: /(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})(?![\w.:])/gi,
    is: (text) => validator.isIP(text) && text !== '::',
  },
  us_ssn: {
    look: /(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])/g,
    // Areas 000, 666 and 9xx, group 00 and serial 0000 are never given (SSA, randomization of 2011).
    is: (text) => !/^(000|666|9)|-00-|-0000$/.test(text),
  },
  phone: {
    look: /(?<![\w.])(?:\+|\()?\d(?:[ ()./-]{0,2}\d){5,16}(?![\w-])/g,
    is: (text, region) =>
      parsePhoneNumberFromString(text, isSupportedCountry(region) ? region : undefined)?.isValid() ?? false,
  },
};

/** A longer number is more likely what it is than a phone number in it: in this order, and none overlaps another. */
const ORDER: readonly PiiKind[] = ['email', 'iban', 'credit_card', 'us_ssn', 'ip_address', 'phone'];

/** Personal data of these kinds, in the order of the text. `region`: country of phone numbers without a country code. */
export function findPii(text: string, kinds: readonly PiiKind[], region: string): Pii[] {
  const found: Pii[] = [];
  const room = new Room(text.length);
  for (const kind of ORDER) {
    if (!kinds.includes(kind)) continue;
    found.push(...candidates(text, kind, region).filter(({ start, end }) => room.take(start, end)));
  }
  return found.sort((a, b) => a.start - b.start);
}

function candidates(text: string, kind: PiiKind, region: string): Pii[] {
  const { look, is } = CANDIDATES[kind];
  return [...text.matchAll(look)]
    .filter(([match]) => is(match, region))
    .map(({ 0: match, index }) => ({ kind, start: index, end: index + match.length }));
}
