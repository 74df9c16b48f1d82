'use client';

import { useState } from 'react';
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
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { ASSISTANT, STARTERS } from './starters';
import { useCreateAgent } from './use-create-agent';

export function NewAgentDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const [name, setName] = useState('');
  const [starter, setStarter] = useState(ASSISTANT);
  const { create, busy } = useCreateAgent();

  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent>
        <form
          className="contents"
          onSubmit={(event) => {
            event.preventDefault();
            create(starter, name.trim() || starter.name);
            onOpenChange(false);
          }}
        >
          <DialogHeader>
            <DialogTitle>New agent</DialogTitle>
            <DialogDescription>
              Everything can be changed afterwards. It runs on a sandbox model at first.
            </DialogDescription>
          </DialogHeader>
          <DialogBody className="grid gap-4 pt-1">
            <Field label="Name">
              {(control) => (
                <Input
                  {...control}
                  value={name}
                  maxLength={100}
                  autoFocus
                  autoComplete="off"
                  placeholder={starter.name || 'Untitled agent'}
                  onChange={(event) => setName(event.target.value)}
                />
              )}
            </Field>
            <fieldset>
              <legend className="pb-1.5 font-medium">Begin with</legend>
              <div className="grid gap-2 sm:grid-cols-2">
                {STARTERS.map((one) => (
                  <label
                    key={one.id}
                    className="flex cursor-pointer gap-2.5 rounded-md border px-3 py-2 transition-colors hover:bg-accent has-checked:border-primary has-checked:bg-tint has-focus-visible:outline-2 has-focus-visible:outline-ring"
                  >
                    <input
                      type="radio"
                      name="starter"
                      checked={starter.id === one.id}
                      onChange={() => setStarter(one)}
                      className="mt-0.5 accent-primary"
                    />
                    <span>
                      <span className="block font-medium">{one.label}</span>
                      <span className="block text-muted-foreground text-xs">{one.does}</span>
                    </span>
                  </label>
                ))}
              </div>
            </fieldset>
          </DialogBody>
          <DialogFooter>
            <Button variant="outline" onClick={() => onOpenChange(false)}>
              Cancel
            </Button>
            <Button type="submit" disabled={busy}>
              Create agent
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
