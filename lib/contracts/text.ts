import { z } from 'zod';
import './messages';

/** Text that Postgres can hold and every client can read: no NUL, no half of a surrogate pair. */
export const isStorableText = (value: string): boolean => !value.includes('\u0000') && value.isWellFormed();

/** Makes text from outside (a model, a tool) storable: what cannot be stored becomes U+FFFD. */
export const toStorableText = (value: string): string => value.replaceAll('\u0000', '\uFFFD').toWellFormed();

/** A string of at most `max` characters that can be stored. */
export const text = (max: number) =>
  z
    .string()
    .max(max, `At most ${max.toLocaleString('en')} characters.`)
    .refine(isStorableText, 'Contains a NUL character or half of a surrogate pair; remove it.');

/** A name a person gives: not blank, one line. */
export const name = (max = 100) =>
  text(max)
    .regex(/\S/, 'Write a name.')
    .regex(/^[^\r\n\t]*$/, 'A name is one line.');
