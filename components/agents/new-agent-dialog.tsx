'use client';

import { Search } from 'lucide-react';
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
import { AGENT_TEMPLATES, type AgentTemplate, ASSISTANT, BLANK, CATEGORIES } from '@/lib/agent-templates';
import { CreateAgentInput } from '@/lib/contracts/agents';
import { useCreateAgent } from './use-create-agent';

const ALL = [BLANK, ...AGENT_TEMPLATES];

const isFound = ({ name, category, description, touches, spec }: AgentTemplate, text: string): boolean =>
  [name, category, description, touches, ...spec.tools.map((tool) => tool.name)]
    .join(' ')
    .toLowerCase()
    .includes(text.trim().toLowerCase());

/** The gallery: what to begin from, what each may touch and what it needs. */
export function NewAgentDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<AgentTemplate>(ASSISTANT);
  const { create, busy } = useCreateAgent();
  const problem = name.trim()
    ? CreateAgentInput.shape.name.safeParse(name.trim()).error?.issues[0]?.message
    : undefined;
  const found = ALL.filter((template) => isFound(template, text));

  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="max-w-3xl">
        <form
          className="contents"
          onSubmit={(event) => {
            event.preventDefault();
            create(chosen, name.trim() || chosen.name);
            onOpenChange(false);
          }}
        >
          <DialogHeader>
            <DialogTitle>New agent</DialogTitle>
            <DialogDescription>
              Begin with one of these; everything can be changed afterwards. Each answers at once on a sandbox model.
            </DialogDescription>
          </DialogHeader>
          <DialogBody className="grid gap-4 pt-1">
            <div className="grid gap-4 sm:grid-cols-2">
              <Field label="Name" error={problem}>
                {(control) => (
                  <Input
                    {...control}
                    value={name}
                    autoFocus
                    autoComplete="off"
                    placeholder={chosen.name || 'Untitled agent'}
                    onChange={(event) => setName(event.target.value)}
                  />
                )}
              </Field>
              <Field label="Find a template">
                {(control) => (
                  <div className="relative">
                    <Search className="absolute top-2 left-2.5 size-4 text-muted-foreground" aria-hidden />
                    <Input
                      {...control}
                      type="search"
                      value={text}
                      autoComplete="off"
                      placeholder="refund, JSON, web_search"
                      onChange={(event) => setText(event.target.value)}
                      className="pl-8"
                    />
                  </div>
                )}
              </Field>
            </div>
            <div className="scroll-thin scroll-edge grid max-h-[42vh] gap-4 overflow-y-auto pr-1 pb-1">
              {CATEGORIES.map((category) => {
                const templates = found.filter((template) => template.category === category);
                if (templates.length === 0) return null;
                return (
                  <fieldset key={category}>
                    <legend className="pb-1.5 font-medium text-muted-foreground text-xs">{category}</legend>
                    <div className="grid gap-2 sm:grid-cols-2">
                      {templates.map((template) => (
                        <Choice
                          key={template.id}
                          template={template}
                          checked={chosen.id === template.id}
                          onChoose={() => setChosen(template)}
                        />
                      ))}
                    </div>
                  </fieldset>
                );
              })}
              {found.length === 0 && <p className="text-muted-foreground">No template matches.</p>}
            </div>
            <dl className="grid gap-x-3 gap-y-1 border-t pt-3 text-xs sm:grid-cols-[5rem_1fr]" aria-live="polite">
              <dt className="font-medium">May touch</dt>
              <dd className="text-muted-foreground">{chosen.touches}</dd>
              <dt className="font-medium">Needs</dt>
              <dd className={chosen.needs ? 'text-waiting' : 'text-muted-foreground'}>
                {chosen.needs ?? 'Nothing: it works as it is.'}
              </dd>
            </dl>
          </DialogBody>
          <DialogFooter>
            <Button type="button" variant="outline" onClick={() => onOpenChange(false)}>
              Cancel
            </Button>
            <Button type="submit" disabled={busy || problem !== undefined}>
              Create agent
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}

function Choice({
  template: { name, description },
  checked,
  onChoose,
}: {
  template: AgentTemplate;
  checked: boolean;
  onChoose: () => void;
}) {
  return (
    <label className="flex cursor-pointer gap-2.5 rounded-md border px-3 py-2 transition-colors hover:bg-accent has-checked:border-primary has-checked:bg-tint has-focus-visible:outline-2 has-focus-visible:outline-ring">
      <input
        type="radio"
        name="template"
        checked={checked}
        onChange={onChoose}
        className="mt-0.5 self-start accent-primary"
      />
      <span className="min-w-0">
        <span className="block font-medium">{name || 'Blank'}</span>
        <span className="block text-muted-foreground text-xs">{description || 'No tools, your instructions.'}</span>
      </span>
    </label>
  );
}
