import type { Metadata } from 'next';
import { NewPartial } from '../_components/new-partial';

export const metadata: Metadata = { title: 'New partial' };

export default async function NewPartialPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const name = new URLSearchParams(await searchParams).get('name') ?? '';
  return <NewPartial name={name.slice(0, 63)} />;
}
