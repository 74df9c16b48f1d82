'use client';

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { Compartment, EditorState, type Extension, Prec } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { variableChips } from './variable-chips';

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
  '.cm-variable': { borderRadius: '4px', padding: '1px 3px', backgroundColor: 'var(--tint)', color: 'var(--link)' },
  '.cm-variable-unknown': { backgroundColor: 'var(--waiting-tint)', color: 'var(--waiting)' },
});

const lock = (locked: boolean): Extension => [EditorState.readOnly.of(locked), EditorView.editable.of(!locked)];

const naming = (problem: boolean): Extension =>
  EditorView.contentAttributes.of({
    'aria-label': 'Instructions',
    spellcheck: 'true',
    ...(problem && { 'aria-invalid': 'true' }),
  });

/** The text of the instructions with `{{variables}}` as chips; those that are not declared stand out. */
export default function InstructionsEditor({
  value,
  variables,
  readonly,
  invalid,
  onChange,
  onRun,
}: {
  value: string;
  variables: string[];
  readonly: boolean;
  invalid: boolean;
  onChange: (value: string) => void;
  onRun: () => void;
}) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const chips = useRef(new Compartment());
  const access = useRef(new Compartment());
  const name = useRef(new Compartment());
  const handlers = useRef({ onChange, onRun });
  handlers.current = { onChange, onRun };
  const initial = useRef({ value, variables, readonly, invalid });

  useEffect(() => {
    const parent = host.current;
    if (!parent) return;
    const { value: doc, variables: known, readonly: locked, invalid: problem } = initial.current;
    const run = () => {
      handlers.current.onRun();
      return true;
    };
    const editor = new EditorView({
      parent,
      state: EditorState.create({
        doc,
        extensions: [
          Prec.highest(keymap.of([{ key: 'Mod-Enter', run }])),
          history(),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorView.lineWrapping,
          name.current.of(naming(problem)),
          placeholder('You are …'),
          chips.current.of(variableChips(known)),
          access.current.of(lock(locked)),
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

  // Text from elsewhere: a restored version, somebody else's draft.
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  const known = variables.join(' ');
  useEffect(() => {
    view.current?.dispatch({ effects: chips.current.reconfigure(variableChips(known ? known.split(' ') : [])) });
  }, [known]);

  // An agent that is archived, or restored, while it is open here.
  useEffect(() => {
    view.current?.dispatch({
      effects: [access.current.reconfigure(lock(readonly)), name.current.reconfigure(naming(invalid))],
    });
  }, [readonly, invalid]);

  return <div ref={host} className="rounded-md border border-input" />;
}
