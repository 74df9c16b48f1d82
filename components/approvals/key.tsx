import { Kbd } from '@/components/ui/kbd';

/** The key for a button, where there is a keyboard. */
export const Key = ({ children }: { children: string }) => (
  <Kbd aria-hidden className="border-current/30 bg-transparent text-current pointer-coarse:hidden">
    {children}
  </Kbd>
);
