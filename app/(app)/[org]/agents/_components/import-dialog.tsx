'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Upload } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { toast } from 'sonner';
import { apiErrorOf } from '@/components/feedback/api-error';
import { useOrg } from '@/components/frame/org-context';
import { useWorkspace } from '@/components/frame/workspace';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
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
import { Textarea } from '@/components/ui/textarea';
import type { ImportedAgent, ImportReport } from '@/lib/contracts/agent-documents';
import { useTRPC } from '@/lib/trpc/client';

const WORDS: Record<ImportedAgent['action'], string> = {
  create: 'New',
  update: 'Changes the draft',
  unchanged: 'The same already',
  refused: 'Not read',
};

/** Agents from a file or from the clipboard: first what would become of them, then the import. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { slug } = useOrg();
  const { workspace } = useWorkspace();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [document, setDocument] = useState('');
  const [update, setUpdate] = useState(false);
  const [report, setReport] = useState<ImportReport>();
  const [failure, setFailure] = useState<string>();
  const { mutate, isPending } = useMutation(trpc.agents.import.mutationOptions());

  const send = (text: string, onSameName: 'create' | 'update', dryRun: boolean) => {
    setFailure(undefined);
    mutate(
      { org: slug, document: text, onSameName, workspaceId: workspace?.id, dryRun },
      {
        onSuccess: (answer) => {
          setReport(answer);
          if (!answer.written) return;
          const count = answer.items.filter(({ action }) => action !== 'unchanged').length;
          toast(`${count} ${count === 1 ? 'agent' : 'agents'} imported as ${count === 1 ? 'a draft' : 'drafts'}`);
          void queryClient.invalidateQueries(trpc.agents.pathFilter());
          void queryClient.invalidateQueries(trpc.partials.pathFilter());
        },
        onError: (error) => {
          setReport(undefined);
          setFailure(apiErrorOf(error).message);
        },
      },
    );
  };
  const change = (text: string) => {
    setDocument(text);
    setReport(undefined);
    setFailure(undefined);
  };
  const take = (text: string) => {
    change(text);
    if (text.trim()) send(text, update ? 'update' : 'create', true);
  };
  const isReady = report && !report.written && report.items.every(({ action }) => action !== 'refused');

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent className="max-w-2xl">
        <DialogHeader>
          <DialogTitle>Import agents</DialogTitle>
          <DialogDescription>
            A YAML file as it is exported here, with one agent or several. They become drafts; nothing is published.
          </DialogDescription>
        </DialogHeader>
        <DialogBody className="grid gap-3">
          {!report?.written && (
            <>
              <Field label="YAML" error={failure}>
                {(control) => (
                  <Textarea
                    {...control}
                    spellCheck={false}
                    value={document}
                    onChange={(event) => change(event.target.value)}
                    placeholder="apiVersion: muster/v1"
                    className="scroll-thin max-h-56 min-h-32 overflow-y-auto font-mono text-xs"
                  />
                )}
              </Field>
              <div className="flex flex-wrap items-center justify-between gap-3">
                <Button variant="outline" size="sm" asChild>
                  <label className="cursor-pointer has-focus-visible:outline-2 has-focus-visible:outline-ring">
                    <Upload /> Choose a file
                    <input
                      type="file"
                      accept=".yaml,.yml,application/yaml"
                      className="sr-only"
                      onChange={(event) => void event.target.files?.[0]?.text().then(take)}
                    />
                  </label>
                </Button>
                {/* biome-ignore lint/a11y/noLabelWithoutControl: the checkbox inside is a button, which a label may name */}
                <label className="flex items-center gap-2">
                  <Checkbox
                    checked={update}
                    onCheckedChange={(checked) => {
                      setUpdate(checked === true);
                      if (report) send(document, checked === true ? 'update' : 'create', true);
                    }}
                  />
                  Change the drafts of agents that have the same name
                </label>
              </div>
            </>
          )}
          <div aria-live="polite">{report && <Report report={report} slug={slug} />}</div>
        </DialogBody>
        <DialogFooter>
          {report?.written ? (
            <Button onClick={onClose}>Done</Button>
          ) : (
            <>
              <Button variant="outline" disabled={!document.trim() || isPending} onClick={() => take(document)}>
                Check
              </Button>
              <Button
                disabled={!isReady || isPending}
                onClick={() => send(document, update ? 'update' : 'create', false)}
              >
                Import
              </Button>
            </>
          )}
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}

function Report({ report, slug }: { report: ImportReport; slug: string }) {
  return (
    <ul className="divide-y rounded-md border">
      {report.items.map((item) => (
        <li key={item.line} className="grid gap-1 px-3 py-2">
          <p className="flex items-baseline gap-2">
            {item.agentId ? (
              <Link
                href={`/${slug}/agents/${item.agentId}`}
                className="min-w-0 flex-1 truncate font-medium underline underline-offset-2"
              >
                {item.name}
              </Link>
            ) : (
              <span className="min-w-0 flex-1 truncate font-medium">{item.name}</span>
            )}
            <span className={item.action === 'refused' ? 'text-failed text-xs' : 'text-muted-foreground text-xs'}>
              {WORDS[item.action]}
            </span>
          </p>
          {item.problems.map(({ line, field, message }) => (
            <p key={`${line} ${field} ${message}`} className="text-failed text-xs">
              Line {line}
              {field && (
                <>
                  , <code>{field}</code>
                </>
              )}
              : {message}
            </p>
          ))}
          {item.missing.map(({ what, name, todo }) => (
            <p key={`${what} ${name}`} className="text-waiting text-xs">
              The {what} <code>{name}</code> is not here. {todo}
            </p>
          ))}
          {item.partials
            .filter(({ action }) => action !== 'unchanged')
            .map(({ name, action }) => (
              <p key={name} className={action === 'kept' ? 'text-waiting text-xs' : 'text-muted-foreground text-xs'}>
                {action === 'kept' ? (
                  <>
                    The partial <code>{name}</code> has another text here, which stays and counts.
                  </>
                ) : (
                  <>
                    Brings the partial <code>{name}</code>.
                  </>
                )}
              </p>
            ))}
        </li>
      ))}
    </ul>
  );
}
