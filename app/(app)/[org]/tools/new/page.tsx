import type { Metadata } from 'next';
import { NewTool } from '../_components/new-tool';

export const metadata: Metadata = { title: 'New tool' };

export default async function NewToolPage({ searchParams }: { searchParams: Promise<{ kind?: string }> }) {
  const { kind } = await searchParams;
  return <NewTool kind={kind === 'javascript' ? 'javascript' : 'http'} />;
}
