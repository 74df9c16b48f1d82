/** What is wrong with a text in Prometheus' exposition format, as `promtool check metrics` would say; nothing when it is well. */
export function expositionFaults(text: string): string[] {
  const faults: string[] = [];
  if (!text.endsWith('\n')) faults.push('does not end with a line feed');
  const families = new Map<string, { type?: string; help?: string }>();
  const series = new Set<string>();
  const buckets = new Map<string, number[]>();
  const values = new Map<string, number>();
  let current = '';
  for (const line of text.split('\n').filter(Boolean)) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line);
    if (comment) {
      const [, what = '', name = '', words = ''] = comment;
      const family = families.get(name) ?? {};
      const field = what === 'HELP' ? 'help' : 'type';
      if (family[field]) faults.push(`${name} has two lines of ${what}`);
      families.set(name, { ...family, [field]: words });
      current = name;
      continue;
    }
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!sample) {
      faults.push(`not a sample: ${line}`);
      continue;
    }
    const [, name = '', labels = '', value = ''] = sample;
    const family = name === current ? name : name.replace(/_(?:bucket|sum|count)$/, '');
    if (family !== current) faults.push(`${name} stands among ${current}`);
    if (!LABELS.test(labels)) faults.push(`labels of ${line}`);
    const number = value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value);
    if (Number.isNaN(number) && !/^nan$/i.test(value)) faults.push(`value of ${line}`);
    if (series.has(name + labels)) faults.push(`twice: ${name}{${labels}}`);
    series.add(name + labels);
    values.set(name + labels, number);
    if (name.endsWith('_bucket')) {
      const others = `${family}_count${labels.replace(/,?le="[^"]*"/, '').replace(/^,/, '')}`;
      buckets.set(others, [...(buckets.get(others) ?? []), number]);
    }
  }
  for (const [name, { type, help }] of families) {
    if (!help) faults.push(`${name} has no help`);
    if (!type) faults.push(`${name} has no type`);
    if (type === 'counter' && !name.endsWith('_total')) faults.push(`counter ${name} does not end with _total`);
    if (type !== 'counter' && name.endsWith('_total')) faults.push(`${name} is a ${type}, not a total`);
    if (/_(?:ms|milliseconds|micros|minutes|kb|kilobytes)(?:_|$)/.test(name)) faults.push(`${name} is in no base unit`);
  }
  for (const [count, cumulative] of buckets) {
    if (cumulative.some((value, i) => value < (cumulative[i - 1] ?? 0))) faults.push(`buckets of ${count} fall`);
    if (cumulative.at(-1) !== values.get(count)) faults.push(`${count} is not its last bucket`);
  }
  return faults;
}

const LABELS = /^(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*"(?:,(?!$)|$))*$/;
