'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type ApiError, apiErrorOf } from '@/components/feedback/api-error';
import { useOrg } from '@/components/frame/org-context';
import type { Agent } from '@/lib/contracts/agents';
import { useTRPC } from '@/lib/trpc/client';
import { type DraftValues, isSame, problemsOf, valuesOf } from './draft-values';

const PAUSE_MS = 700;
const RETRY_MS = 5_000;

interface Stored {
  values: DraftValues;
  revision: number;
}

/** What could not be saved when its page was left, by agent: it is there again when somebody comes back. */
const unsaved = new Map<string, { values: DraftValues; stored: Stored }>();

export type DraftPhase = 'saved' | 'dirty' | 'saving' | 'invalid' | 'conflict' | 'failed' | 'readonly';

export interface Draft {
  values: DraftValues;
  revision: number;
  phase: DraftPhase;
  /** Path → what is wrong there. */
  problems: Record<string, string>;
  /** Why it could not be saved. */
  failure: string | null;
  /** What somebody else saved meanwhile. */
  theirs: Agent | null;
  edit: (change: (values: DraftValues) => DraftValues) => void;
  /** Saves what is unsaved now; false when that is not possible. */
  flush: () => Promise<boolean>;
  keepMine: () => void;
  takeTheirs: () => void;
}

/**
 * The draft in this browser. It saves itself after a pause, from the revision it began with; when somebody else saved
 * in between nothing is written, and both are kept until one is chosen.
 */
export function useDraft(agent: Agent): Draft {
  const { slug, can } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const readonly = !can('agents:write') || agent.status === 'archived';
  const [left] = useState(() => unsaved.get(agent.id));
  const [values, setValues] = useState(() => left?.values ?? valuesOf(agent));
  const [stored, setStored] = useState<Stored>(() => left?.stored ?? { values, revision: agent.draftRevision });
  const [theirs, setTheirs] = useState<Agent | null>(null);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const [isSaving, setSaving] = useState(false);
  const { mutateAsync } = useMutation(trpc.agents.saveDraft.mutationOptions());

  const problems = useMemo(() => problemsOf(values), [values]);
  const dirty = !isSame(values, stored.values);

  // What a save that is already under way has to see when it is done.
  const now = useRef({ values, stored, theirs });
  now.current = { values, stored, theirs };
  // One save after the other: each begins from the revision the one before it made.
  const queue = useRef<Promise<boolean>>(Promise.resolve(true));

  const getOptions = trpc.agents.get.queryOptions({ org: slug, agentId: agent.id });
  const optionsRef = useRef(getOptions);
  optionsRef.current = getOptions;
  const included = useRef(trpc.agents.draftPartials.queryFilter({ org: slug, agentId: agent.id }));

  const saveOnce = useCallback(async (): Promise<boolean> => {
    const { values: sent, stored: from, theirs: other } = now.current;
    if (other || Object.keys(problemsOf(sent)).length > 0) return false;
    setSaving(true);
    try {
      const { draftRevision } = await mutateAsync({ org: slug, agentId: agent.id, revision: from.revision, ...sent });
      now.current = { ...now.current, stored: { values: sent, revision: draftRevision } };
      setStored(now.current.stored);
      setFailure(null);
      void queryClient.invalidateQueries(included.current);
      await queryClient.invalidateQueries(optionsRef.current);
      return true;
    } catch (error) {
      const refusal = apiErrorOf(error);
      if (refusal.code === 'CONFLICT') setTheirs(await queryClient.fetchQuery({ ...optionsRef.current, staleTime: 0 }));
      else setFailure(refusal);
      return false;
    } finally {
      setSaving(false);
    }
  }, [agent.id, mutateAsync, queryClient, slug]);

  const flush = useCallback((): Promise<boolean> => {
    const isStored = () => isSame(now.current.values, now.current.stored.values);
    queue.current = queue.current.then(() => isStored() || saveOnce());
    return queue.current;
  }, [saveOnce]);

  const valid = Object.keys(problems).length === 0;
  const blocked = !valid || theirs !== null || readonly;
  useEffect(() => {
    if (blocked || isSame(values, stored.values)) return;
    const timer = setTimeout(() => void flush(), failure ? RETRY_MS : PAUSE_MS);
    return () => clearTimeout(timer);
  }, [blocked, values, stored, failure, flush]);

  useEffect(() => {
    if (!dirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [dirty]);

  // Leaving the page within the product saves first, and keeps what cannot be saved.
  useEffect(() => {
    unsaved.delete(agent.id);
    return () => {
      const { values: last, stored: from, theirs: other } = now.current;
      if (isSame(last, from.values)) return;
      const keep = () => unsaved.set(agent.id, { values: last, stored: from });
      if (other || Object.keys(problemsOf(last)).length > 0) keep();
      else void flush().then((saved) => saved || keep());
    };
  }, [agent.id, flush]);

  const adopt = useCallback((other: Agent) => {
    setValues(valuesOf(other));
    setStored({ values: valuesOf(other), revision: other.draftRevision });
    setTheirs(null);
    setFailure(null);
  }, []);

  // Somebody else saved and nothing is unsaved here: follow them.
  useEffect(() => {
    const { values: mine, stored: last } = now.current;
    if (agent.draftRevision > last.revision && isSame(mine, last.values)) adopt(agent);
  }, [agent, adopt]);

  return {
    values,
    revision: stored.revision,
    problems: { ...failure?.fields, ...problems },
    failure: failure?.message ?? null,
    theirs,
    phase: phaseOf({ readonly, theirs, valid, dirty, isSaving, hasFailed: failure !== null }),
    edit: (change) => {
      if (readonly) return;
      // What is written now has not been refused yet.
      setFailure(null);
      setValues(change);
    },
    flush,
    keepMine: () => {
      if (!theirs) return;
      setStored({ values: valuesOf(theirs), revision: theirs.draftRevision });
      setTheirs(null);
    },
    takeTheirs: () => theirs && adopt(theirs),
  };
}

function phaseOf(state: {
  readonly: boolean;
  theirs: Agent | null;
  valid: boolean;
  dirty: boolean;
  isSaving: boolean;
  hasFailed: boolean;
}): DraftPhase {
  if (state.readonly) return 'readonly';
  if (state.theirs) return 'conflict';
  if (state.isSaving) return 'saving';
  if (!state.valid) return 'invalid';
  if (state.hasFailed) return 'failed';
  return state.dirty ? 'dirty' : 'saved';
}
