import { readFileSync } from 'node:fs';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { RunEvent, Span } from '../lib/contracts/runs';
import { formatCost, formatDuration } from '../lib/format';
import type { OwnerFile } from './first-organization';
import { ensureBuilt, failStart, serve, stopOnSignal } from './serve';

const QUESTION = 'What is 17 % of 2,499, and what time is it in Tokyo?';

const dim = (text: string) => (process.stdout.isTTY ? `\x1b[2m${text}\x1b[22m` : text);
const bold = (text: string) => (process.stdout.isTTY ? `\x1b[1m${text}\x1b[22m` : text);

/** What travels as JSON: dates are text. */
type Wire<T> = T extends Date ? string : T extends object ? { [K in keyof T]: Wire<T[K]> } : T;

/** Asks the demo agent over the public API, like any client, and prints what happens as it happens. */
async function ask(owner: OwnerFile, question: string): Promise<void> {
  const response = await fetch(`${owner.url}/api/v1/agents/${owner.demoAgentId}/runs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${owner.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ input: question, stream: true }),
  });
  if (!response.ok || !response.body) throw new Error(`The demo agent did not answer: ${await response.text()}`);
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  let answering = 0;
  for await (const { event, data } of events) {
    const told = { type: event, ...JSON.parse(data) } as Wire<RunEvent>;
    if (told.type === 'text') {
      if (answering !== told.seq) process.stdout.write('\n');
      answering = told.seq;
      process.stdout.write(told.delta);
    } else if (told.type === 'span' && told.span.endedAt) {
      if (answering === told.span.seq) process.stdout.write('\n');
      console.log(dim(describe(told.span)));
    } else if (told.type === 'approval' && told.approval.status === 'open') {
      console.log(`The agent asks: ${told.approval.question}\nAnswer it in the browser; the run waits.`);
      return;
    } else if (told.type === 'run' && told.run.endedAt) {
      const { run } = told;
      const took = formatDuration(Date.parse(told.run.endedAt) - Date.parse(run.createdAt));
      if (run.errorMessage) console.log(`\n${run.errorMessage}`);
      console.log(
        `\n${bold(run.status)} in ${took} · ${formatCost(run.costMicros)} · ${owner.url}/${owner.organization}/runs/${run.id}`,
      );
    }
  }
}

function describe(span: Wire<Span>): string {
  const took = formatDuration(Date.parse(span.endedAt ?? span.startedAt) - Date.parse(span.startedAt));
  const facts = [
    span.outputTokens === null ? '' : `${(span.inputTokens ?? 0) + span.outputTokens} tokens`,
    span.costMicros ? formatCost(span.costMicros) : '',
    span.errorMessage ?? '',
  ];
  return ['  ›', span.kind, span.name, took, ...facts.filter(Boolean)].join(' · ').replace('› · ', '› ');
}

try {
  // Between the agent's steps a log line would only disturb.
  process.env.LOG_LEVEL ??= 'warn';
  const question = process.argv.slice(2).join(' ').trim() || QUESTION;
  const onProgress = (what: string) => console.log(dim(`… ${what}`));
  ensureBuilt(onProgress);
  const server = await serve({ onProgress });
  stopOnSignal(server);
  if (!server.ownerFile) {
    throw new Error(
      'This database has people but no owner.json beside it: the demo needs one it started itself. Set MUSTER_DATA_DIR to an empty directory.',
    );
  }
  const owner = JSON.parse(readFileSync(server.ownerFile, 'utf8')) as OwnerFile;
  console.log(`\n${bold(question)}`);
  await ask(owner, question);
  console.log(
    `\nOpen ${bold(owner.url)} and sign in as ${owner.email} with ${owner.password}\n${dim('Ctrl-C stops the server.')}`,
  );
  console.log(`ready ${server.url}`);
} catch (error) {
  failStart(error);
}
