/** What is wrong with a field of the spec, or with something in it. */
export const problemAt = (problems: Record<string, string>, path: string): string | undefined =>
  problems[path] ?? Object.entries(problems).find(([at]) => at.startsWith(`${path}.`))?.[1];
