import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { CompareRunsInput } from '@/lib/contracts/repair';
import { trpc } from '@/server/trpc/rsc';
import { Found } from '../../_components/found';
import { Comparison } from './_components/comparison';
import { PickRun } from './_components/pick-run';

export const metadata: Metadata = { title: 'Compare runs' };

export default async function ComparePage({
  params,
  searchParams,
}: {
  params: Promise<{ org: string }>;
  searchParams: Promise<Record<string, string>>;
}) {
  const { org } = await params;
  const { a, b } = await searchParams;
  if (a && !b) {
    return (
      <Found options={trpc.runs.get.queryOptions({ org, runId: a })}>
        <PickRun key={a} runId={a} />
      </Found>
    );
  }
  const input = CompareRunsInput.safeParse({ a, b });
  if (!input.success) notFound();
  return (
    <Found options={trpc.runs.compare.queryOptions({ org, ...input.data })}>
      <Comparison key={`${a} ${b}`} {...input.data} />
    </Found>
  );
}
