import type { Metadata } from 'next';
import { trpc } from '@/server/trpc/rsc';
import { Found } from '../../[org]/_components/found';
import { RunnerPage } from './_components/runner-page';

export const metadata: Metadata = { title: 'Runner' };

export default function OperatorRunnerPage() {
  return (
    <Found options={trpc.operator.runner.queryOptions()}>
      <RunnerPage />
    </Found>
  );
}
