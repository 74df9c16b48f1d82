import type { Metadata } from 'next';
import { trpc } from '@/server/trpc/rsc';
import { Found } from '../../_components/found';
import { RunPage } from './_components/run-page';

export const metadata: Metadata = { title: 'Run' };

export default async function Page({ params }: { params: Promise<{ org: string; runId: string }> }) {
  const { org, runId } = await params;
  return (
    <Found options={trpc.runs.get.queryOptions({ org, runId })}>
      <RunPage key={runId} runId={runId} />
    </Found>
  );
}
