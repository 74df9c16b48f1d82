export function evaluate(_expression: string): string {
  throw new Error('under construction');
}
