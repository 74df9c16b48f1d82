'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { apiErrorOf } from '@/components/feedback/api-error';
import { useOrg } from '@/components/frame/org-context';
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
import { Label } from '@/components/ui/label';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import { Switch } from '@/components/ui/switch';
import { CONNECTOR_KINDS, CONNECTOR_LABELS, type Connector, ConnectorKind } from '@/lib/contracts/connectors';
import { useTRPC } from '@/lib/trpc/client';
import { ConnectorField } from './connector-field';
import { FIELDS, initialValues, isShown, toConfiguration } from './fields';

/** Makes a connector or changes one, and tests it at once. */
export function ConnectorDialog({ connector, onClose }: { connector: Connector | undefined; onClose: () => void }) {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [kind, setKind] = useState<ConnectorKind>(connector?.kind ?? 'postgres');
  const [name, setName] = useState('');
  const [description, setDescription] = useState(connector?.description ?? '');
  const [mayWrite, setMayWrite] = useState(connector?.access === 'write');
  const [values, setValues] = useState(() => initialValues(kind, connector));
  const test = useMutation(
    trpc.connectors.test.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.connectors.pathFilter()),
    }),
  );
  const done = {
    onSuccess: async ({ id }: Connector) => {
      await queryClient.invalidateQueries(trpc.connectors.pathFilter());
      test.mutate({ org: slug, connectorId: id });
      onClose();
    },
  };
  const create = useMutation(trpc.connectors.create.mutationOptions(done));
  const change = useMutation(trpc.connectors.change.mutationOptions(done));
  const save = connector ? change : create;
  const error = save.isError ? apiErrorOf(save.error) : null;
  const fields = FIELDS[kind].filter((field) => isShown(field, values));
  const keeps = connector !== undefined;
  const missing = fields.some(
    ({ name: field, optional, type }) => !optional && !values[field]?.trim() && !(type === 'secret' && keeps),
  );
  const writes = CONNECTOR_LABELS[kind].write !== undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const access = writes && mayWrite ? ('write' as const) : ('read' as const);
    const input = {
      org: slug,
      description: description.trim(),
      access,
      configuration: toConfiguration(kind, values, keeps),
    };
    if (connector) change.mutate({ ...input, connectorId: connector.id });
    else create.mutate({ ...input, name });
  };
  const errorOf = (field: string) =>
    error?.fields[`configuration.settings.${field}`] ?? error?.fields[`configuration.credentials.${field}`];
  const isElsewhere = error && !fields.some((field) => errorOf(field.name)) && !error.fields.name;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent className="sm:max-w-xl">
        <form className="contents" noValidate onSubmit={submit}>
          <DialogHeader>
            <DialogTitle>{connector ? `Change ${connector.name}` : 'New connector'}</DialogTitle>
            <DialogDescription>
              It is tested as soon as it is saved. What is secret is never shown again.
            </DialogDescription>
          </DialogHeader>
          <DialogBody className="grid gap-4 pt-1 sm:grid-cols-2">
            {!connector && (
              <>
                <Field label="Kind">
                  {({ id }) => (
                    <Select
                      value={kind}
                      onValueChange={(next) => {
                        const chosen = ConnectorKind.parse(next);
                        setKind(chosen);
                        setValues(initialValues(chosen));
                      }}
                    >
                      <SelectTrigger id={id}>
                        <SelectValue />
                      </SelectTrigger>
                      <SelectContent>
                        {CONNECTOR_KINDS.map((one) => (
                          <SelectItem key={one} value={one}>
                            {CONNECTOR_LABELS[one].label}
                          </SelectItem>
                        ))}
                      </SelectContent>
                    </Select>
                  )}
                </Field>
                <Field label="Name" error={error?.fields.name} help="Agents name it; it stays.">
                  {(control) => (
                    <Input
                      {...control}
                      value={name}
                      maxLength={40}
                      autoFocus
                      autoComplete="off"
                      spellCheck={false}
                      placeholder="shop"
                      onChange={(event) => setName(event.target.value.toLowerCase().replace(/[^a-z0-9_-]/g, '-'))}
                    />
                  )}
                </Field>
              </>
            )}
            {fields.map((field) => (
              <ConnectorField
                key={`${kind}-${field.name}`}
                field={field}
                value={values[field.name] ?? ''}
                error={errorOf(field.name)}
                keeps={keeps}
                onChange={(value) => setValues((now) => ({ ...now, [field.name]: value }))}
              />
            ))}
            <Field label="Description (optional)" className="sm:col-span-2">
              {(control) => (
                <Input
                  {...control}
                  value={description}
                  maxLength={200}
                  autoComplete="off"
                  onChange={(event) => setDescription(event.target.value)}
                />
              )}
            </Field>
            {writes && (
              <div className="flex items-center gap-3 sm:col-span-2">
                <Switch id="connector-may-write" checked={mayWrite} onCheckedChange={setMayWrite} />
                <Label htmlFor="connector-may-write">Agents may be given write access</Label>
              </div>
            )}
            {isElsewhere && (
              <p role="alert" className="text-destructive sm:col-span-2">
                {error.message}
              </p>
            )}
          </DialogBody>
          <DialogFooter>
            <Button variant="outline" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={missing || (!connector && !name) || save.isPending}>
              Save and test
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
