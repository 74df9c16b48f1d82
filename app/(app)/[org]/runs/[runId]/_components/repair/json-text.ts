import { Json, type JsonValue } from '@/lib/contracts/json';

export const toJsonText = (value: JsonValue): string => JSON.stringify(value, null, 2);

/** Reads what somebody wrote as JSON; `error` says where it breaks. */
export function readJson(text: string): { value: JsonValue; error?: undefined } | { error: string } {
  try {
    return { value: Json.parse(JSON.parse(text)) };
  } catch (error) {
    return { error: `This is no JSON: ${error instanceof Error ? error.message : 'it cannot be read'}` };
  }
}
