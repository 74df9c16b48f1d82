/** What to begin a conversation with; nothing where the agent has none. */
export function StarterPrompts({ prompts, onPick }: { prompts: readonly string[]; onPick: (prompt: string) => void }) {
  if (prompts.length === 0) return null;
  return (
    <ul className="grid gap-1.5">
      {prompts.map((prompt) => (
        <li key={prompt}>
          <button
            type="button"
            onClick={() => onPick(prompt)}
            className="focus-ring w-full rounded-md border bg-background px-3 py-2 text-left text-base transition-colors hover:border-input hover:bg-accent"
          >
            {prompt}
          </button>
        </li>
      ))}
    </ul>
  );
}
