import type { Metadata } from 'next';
import { ImportOpenApi } from './_components/import-open-api';

export const metadata: Metadata = { title: 'Import tools' };

export default function ImportPage() {
  return <ImportOpenApi />;
}
