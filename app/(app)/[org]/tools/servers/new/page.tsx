import type { Metadata } from 'next';
import { NewServer } from '../_components/new-server';

export const metadata: Metadata = { title: 'New MCP server' };

export default function NewServerPage() {
  return <NewServer />;
}
