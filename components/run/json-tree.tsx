import type { JsonValue } from '@/lib/contracts/json';

const MOST = 200;

/** JSON as a tree: fields under each other, what is deep folded. */
export function JsonTree({ value, depth = 0 }: { value: { [key: string]: JsonValue } | JsonValue[]; depth?: number }) {
  const entries = Object.entries(value);
  const shown = entries.slice(0, MOST);
  return (
    <ul className={depth === 0 ? 'grid gap-1 rounded-md border px-3 py-2' : 'grid gap-1 border-l pt-1 pl-3'}>
      {shown.map(([name, part]) => (
        <li key={name} className="min-w-0">
          {typeof part === 'object' && part !== null ? (
            <details open={depth < 2}>
              <summary className="focus-ring cursor-pointer rounded-sm">
                <Name name={name} />
                <span className="text-muted-foreground text-xs tabular-nums">{sizeOf(part)}</span>
              </summary>
              {depth < 60 && Object.keys(part).length > 0 && <JsonTree value={part} depth={depth + 1} />}
            </details>
          ) : (
            <div className="flex gap-2">
              <Name name={name} />
              <Leaf value={part} />
            </div>
          )}
        </li>
      ))}
      {entries.length > MOST && <li className="text-muted-foreground text-xs">{entries.length - MOST} more</li>}
      {entries.length === 0 && <li className="text-muted-foreground text-xs">Empty.</li>}
    </ul>
  );
}

const Name = ({ name }: { name: string }) => (
  <span className="mr-2 shrink-0 font-mono text-muted-foreground text-xs leading-5">{name}</span>
);

function Leaf({ value }: { value: string | number | boolean | null }) {
  if (typeof value === 'string') return <span className="whitespace-pre-wrap break-words">{value || '“”'}</span>;
  return <span className="font-mono text-success text-xs leading-5 tabular-nums">{String(value)}</span>;
}

function sizeOf(value: JsonValue[] | { [key: string]: JsonValue }): string {
  const count = Object.keys(value).length;
  const what = Array.isArray(value) ? ['item', 'items'] : ['field', 'fields'];
  return `${count} ${what[count === 1 ? 0 : 1]}`;
}
