import type { JsonValue } from '@/lib/contracts/json';

/** Texts of one organization that must not come back, longest first, with what stands in their place, and when each came. */
type Known = [form: string, replacement: string, at: number][];

// Next bundles routes apart; they still share one process and what it has decrypted.
const shared = globalThis as typeof globalThis & { musterKnownSecrets?: Map<string, Known> };
shared.musterKnownSecrets ??= new Map();
const knownByOrg = shared.musterKnownSecrets;

/** So many forms of an organization are remembered; the oldest go first. */
const MAX_FORMS = 20_000;
const MIN_LENGTH = 6;

/** From now on, what `redact` is given for the organization has `[secret NAME]` where this value was. */
export function rememberSecret(orgId: string, name: string, value: string): void {
  const known = knownByOrg.get(orgId) ?? [];
  if (value.length < MIN_LENGTH || known.some(([form]) => form === value)) return;
  const replacement = `[secret ${name}]`;
  const now = performance.now();
  const all = [...known, ...formsOf(value).map((form): Known[number] => [form, replacement, now])];
  const kept = all.length > MAX_FORMS ? all.sort((a, b) => b[2] - a[2]).slice(0, MAX_FORMS) : all;
  knownByOrg.set(
    orgId,
    kept.sort(([a], [b]) => b.length - a.length),
  );
}

/** `value` without any secret that was used here for the organization; itself when there is none in it. */
export function redact<T extends JsonValue>(orgId: string, value: T): T {
  const known = knownByOrg.get(orgId);
  return known ? (redactJson(known, value) as T) : value;
}

/** A line of the log without secrets of the organization that it is bound to. */
export function redactLine(line: string): string {
  if (knownByOrg.size === 0) return line;
  const known = knownByOrg.get(/"org":"([0-9a-f-]{36})"/.exec(line)?.[1] ?? '');
  return known ? redactText(known, line) : line;
}

/**
 * Passes text on piece by piece, without secrets: what may be the beginning of one waits for the next piece.
 * `end` passes on what waits.
 */
export function redactStream(orgId: string, emit: (text: string) => void): { push(text: string): void; end(): void } {
  let held = '';
  return {
    push(text) {
      const known = knownByOrg.get(orgId);
      if (!known) return emit(text);
      const whole = redactText(known, held + text);
      const waits = beginningOfSecret(known, whole);
      held = whole.slice(whole.length - waits);
      if (whole.length > waits) emit(whole.slice(0, whole.length - waits));
    },
    end() {
      if (held) emit(held);
      held = '';
    },
  };
}

/** How many characters at the end of `text` may be the beginning of a secret. */
function beginningOfSecret(known: Known, text: string): number {
  let most = 0;
  for (const [form] of known) {
    for (let length = Math.min(form.length - 1, text.length); length > most; length -= 1) {
      if (text.endsWith(form.slice(0, length))) most = length;
    }
  }
  return most;
}

/** The value, and how it looks inside of JSON, an address, a form, a page or a header. */
function formsOf(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  const hex = bytes.toString('hex');
  const forms = [
    value,
    ...jsonFormsOf(JSON.stringify(value).slice(1, -1)),
    encodeURIComponent(value),
    encodeURIComponent(value).replace(/%../g, (one) => one.toLowerCase()),
    encodeURI(value),
    new URLSearchParams({ '': value }).toString().slice(1),
    value.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`),
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    hex,
    hex.toUpperCase(),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    ...[0, 1, 2].flatMap((before) => base64Within(value, before)),
  ];
  return [...new Set(forms)].filter((form) => form.length >= MIN_LENGTH);
}

/** JSON as JavaScript writes it, as PHP does (`\/`), as Go does (`\u0026` for &), and all of it in ASCII, as Python does. */
function jsonFormsOf(json: string): string[] {
  const escaped = (text: string, what: RegExp) =>
    text.replace(what, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const ascii = escaped(json, /[\u0080-\uffff]/g);
  return [json, ascii, escaped(json, /[&<>\u2028\u2029]/g), ascii.replaceAll('/', '\\/')];
}

/** What base64 makes of a value after so many other bytes, as after the user's name in a login: what is of the value alone. */
function base64Within(value: string, before: number): string[] {
  const whole = Buffer.from('\0'.repeat(before) + value, 'utf8');
  const [from, to] = [Math.ceil((before * 4) / 3), Math.floor((whole.length * 4) / 3)];
  return (['base64', 'base64url'] as const).map((encoding) => whole.toString(encoding).slice(from, to));
}

function redactText(known: Known, text: string): string {
  let result = text;
  for (const [form, replacement] of known) if (result.includes(form)) result = result.replaceAll(form, replacement);
  return result;
}

function redactJson(known: Known, value: JsonValue): JsonValue {
  if (typeof value === 'string') return redactText(known, value);
  if (Array.isArray(value)) return value.map((item) => redactJson(known, item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redactText(known, key), redactJson(known, item)]),
  );
}
