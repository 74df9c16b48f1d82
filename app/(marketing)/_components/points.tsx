const POINTS = [
  {
    title: 'Durable by default',
    text: 'Each model call and each tool call is a step. Kill the server in the middle: the run goes on, nothing that finished is done or paid for twice.',
  },
  {
    title: 'Watched live, read afterwards',
    text: 'Close the laptop and come back: the whole answer is there, with no gap. A waterfall tells our time from the provider’s, and each span holds its exact input and output.',
  },
  {
    title: 'People in the loop',
    text: 'An agent can ask a person and wait for days. The answer is given in the run, the audit knows by whom.',
  },
  {
    title: 'Limits that hold',
    text: 'Steps, seconds and dollars per run. Costs are counted per call in millionths of a dollar, with dated price lists.',
  },
  {
    title: 'Versions, not surprises',
    text: 'A draft saves itself and never overwrites somebody else’s. Publishing freezes it; any two versions can be compared, any one restored.',
  },
  {
    title: 'One tenant per row',
    text: 'Organizations are kept apart by the database itself. Roles, API keys with scopes, revocable sessions and an audit are in the base.',
  },
];

export function Points() {
  return (
    <dl className="grid gap-x-10 gap-y-8 pt-20 sm:grid-cols-2 lg:grid-cols-3">
      {POINTS.map(({ title, text }) => (
        <div key={title}>
          <dt className="font-semibold text-base">{title}</dt>
          <dd className="pt-1 text-base text-muted-foreground">{text}</dd>
        </div>
      ))}
    </dl>
  );
}
