'use client';

import { Check, Copy } from 'lucide-react';
import { useCopy } from '@/components/data/copy-button';
import { Button } from '@/components/ui/button';
import {
  Dialog,
  DialogBody,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '@/components/ui/dialog';
import { Input } from '@/components/ui/input';
import type { CreatedApiKey } from '@/lib/contracts/people';

/** The only time the token is seen: clicking beside the dialog does not close it. */
export function TokenOnce({ created, onClose }: { created: CreatedApiKey; onClose: () => void }) {
  const [copied, copy] = useCopy();
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent closable={false} onInteractOutside={(event) => event.preventDefault()}>
        <DialogHeader>
          <DialogTitle>{created.name}</DialogTitle>
          <DialogDescription>Copy the key now. It is stored as a hash and cannot be shown again.</DialogDescription>
        </DialogHeader>
        <DialogBody className="flex gap-2 pt-1">
          <Input
            readOnly
            aria-label="API key"
            value={created.token}
            onFocus={(event) => event.target.select()}
            className="font-mono text-xs"
          />
          <Button variant="outline" onClick={() => copy(created.token)}>
            {copied ? <Check /> : <Copy />} {copied ? 'Copied' : 'Copy'}
          </Button>
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>I have stored it</Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
