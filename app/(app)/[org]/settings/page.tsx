import type { Metadata } from 'next';
import { GeneralSettings } from './_components/general-settings';

export const metadata: Metadata = { title: 'General' };

export default function GeneralPage() {
  return <GeneralSettings />;
}
