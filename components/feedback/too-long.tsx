/** What is said under a text that is longer than what is taken: it stays, and is not sent. */
export function TooLong({ id, length, most }: { id?: string; length: number; most: number }) {
  if (length <= most) return null;
  return (
    <p id={id} role="alert" className="text-destructive text-xs">
      At most {most.toLocaleString('en')} characters; these are {length.toLocaleString('en')}.
    </p>
  );
}
