import { EmptyState } from '@/components/feedback/empty-state';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { RunnerFunction } from '@/lib/contracts/operator';

/** Every function that an app has registered, with what starts it and what holds it back. */
export function FunctionTable({ functions }: { functions: RunnerFunction[] }) {
  return (
    <section aria-labelledby="functions" className="pt-6">
      <h2 id="functions" className="px-4 pb-2 font-semibold text-base sm:px-6">
        Functions
      </h2>
      {functions.length === 0 ? (
        <EmptyState title="No app has registered yet" />
      ) : (
        <div className="px-4 sm:px-6">
          <Table>
            <TableHeader>
              <tr>
                <TableHead>Function</TableHead>
                <TableHead className="max-md:hidden">Started by</TableHead>
                <TableHead className="max-lg:hidden">Flow control</TableHead>
                <TableHead className="text-right">Queue</TableHead>
                <TableHead className="text-right">Running</TableHead>
                <TableHead className="text-right">Failed, 24 h</TableHead>
              </tr>
            </TableHeader>
            <TableBody>
              {functions.map((fn) => (
                <FunctionRow key={fn.id} fn={fn} />
              ))}
            </TableBody>
          </Table>
        </div>
      )}
    </section>
  );
}

function FunctionRow({ fn }: { fn: RunnerFunction }) {
  const figure = 'text-right tabular-nums';
  return (
    <TableRow>
      <TableCell>
        <span className="block font-medium">{fn.name}</span>
        <span className="block font-mono text-muted-foreground text-xs">{fn.id}</span>
      </TableCell>
      <TableCell className="font-mono text-xs max-md:hidden">{fn.triggers.join(', ') || 'invocations alone'}</TableCell>
      <TableCell className="text-muted-foreground text-xs max-lg:hidden">{fn.flow.join('; ') || 'none'}</TableCell>
      <TableCell className={figure}>{fn.queued}</TableCell>
      <TableCell className={figure}>{fn.running}</TableCell>
      <TableCell className={`${figure} ${fn.failedLastDay > 0 ? 'text-failed' : ''}`}>{fn.failedLastDay}</TableCell>
    </TableRow>
  );
}
