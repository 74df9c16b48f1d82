'use client';

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { Compartment, EditorState, type Extension, Prec } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { type RefObject, useEffect, useImperativeHandle, useRef } from 'react';
import type { OfferedPartial } from '@/lib/contracts/partials';
import { partialCompletion } from './partial-completion';
import { templateChips } from './template-chips';

const theme = EditorView.theme({
  '&': { fontSize: '0.8125rem', backgroundColor: 'var(--background)', borderRadius: '6px' },
  '&.cm-focused': { outline: '2px solid var(--ring)', outlineOffset: '1px' },
  '.cm-scroller': {
    fontFamily: 'var(--font-geist-mono), monospace',
    lineHeight: '1.6',
    minHeight: '16rem',
    maxHeight: '60vh',
  },
  '.cm-content': { padding: '10px 0', caretColor: 'var(--foreground)' },
  '.cm-line': { padding: '0 12px' },
  '.cm-placeholder': { color: 'var(--muted-foreground)' },
  '.cm-cursor': { borderLeftColor: 'var(--foreground)' },
  '.cm-chip': { borderRadius: '4px', padding: '1px 3px', backgroundColor: 'var(--tint)', color: 'var(--link)' },
  '.cm-chip-unknown': { backgroundColor: 'var(--waiting-tint)', color: 'var(--waiting)' },
  '.cm-tooltip': {
    overflow: 'hidden',
    border: '1px solid var(--border)',
    borderRadius: '6px',
    backgroundColor: 'var(--popover)',
    color: 'var(--foreground)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'inherit', maxWidth: 'min(28rem, 90vw)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '4px 8px', lineHeight: '1.4' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent)',
    color: 'var(--foreground)',
  },
  '.cm-completionLabel': { fontFamily: 'var(--font-geist-mono), monospace' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600' },
  '.cm-completionDetail': { fontStyle: 'normal', color: 'var(--muted-foreground)' },
});

const lock = (locked: boolean): Extension => [EditorState.readOnly.of(locked), EditorView.editable.of(!locked)];

const naming = (label: string, invalid: boolean): Extension =>
  EditorView.contentAttributes.of({
    'aria-label': label,
    spellcheck: 'true',
    ...(invalid && { 'aria-invalid': 'true' }),
  });

/** What can be done to the text from outside. */
export interface TemplateHandle {
  /** Puts a text where the cursor is, and the focus behind it. */
  insert: (text: string) => void;
}

export interface TemplateEditorProps {
  label: string;
  hint: string;
  value: string;
  /** Undefined: whoever includes the text declares them. */
  variables?: readonly string[];
  /** Undefined: not known yet. */
  partials: readonly OfferedPartial[] | undefined;
  readonly: boolean;
  invalid: boolean;
  handle?: RefObject<TemplateHandle | null>;
  onChange: (value: string) => void;
  onRun?: () => void;
}

/** A text with `{{variables}}` and `{{> partials}}` as chips; those that are not there stand out. */
export default function TemplateEditor({
  label,
  hint,
  value,
  variables,
  partials,
  readonly,
  invalid,
  handle,
  onChange,
  onRun,
}: TemplateEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const chips = useRef(new Compartment());
  const access = useRef(new Compartment());
  const name = useRef(new Compartment());
  const handlers = useRef({ onChange, onRun, partials });
  handlers.current = { onChange, onRun, partials };
  const initial = useRef({ label, hint, value });

  useEffect(() => {
    const parent = host.current;
    if (!parent) return;
    const { value: doc, hint: empty } = initial.current;
    const run = () => {
      handlers.current.onRun?.();
      return handlers.current.onRun !== undefined;
    };
    const editor = new EditorView({
      parent,
      state: EditorState.create({
        doc,
        extensions: [
          Prec.highest(keymap.of([{ key: 'Mod-Enter', run }])),
          history(),
          partialCompletion(() => handlers.current.partials ?? []),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorView.lineWrapping,
          name.current.of([]),
          placeholder(empty),
          chips.current.of([]),
          access.current.of([]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) handlers.current.onChange(update.state.doc.toString());
          }),
          theme,
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, []);

  useImperativeHandle(handle, () => ({
    insert: (text) => {
      const editor = view.current;
      if (!editor) return;
      editor.dispatch(editor.state.replaceSelection(text), { userEvent: 'input' });
      editor.focus();
    },
  }));

  // Text from elsewhere: a restored version, somebody else's draft.
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  const known = JSON.stringify({ variables, partials: partials?.map((partial) => partial.name) });
  useEffect(() => {
    view.current?.dispatch({ effects: chips.current.reconfigure(templateChips(JSON.parse(known))) });
  }, [known]);

  // An agent that is archived, or restored, while it is open here.
  useEffect(() => {
    view.current?.dispatch({
      effects: [access.current.reconfigure(lock(readonly)), name.current.reconfigure(naming(label, invalid))],
    });
  }, [readonly, label, invalid]);

  return <div ref={host} className="rounded-md border border-input" />;
}
