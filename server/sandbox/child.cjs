// One disposable process for one program. It is started without environment, files, network or other processes of its
// own (see start-child.ts), and runs the program in a V8 isolate that shares nothing with it: text in, text out.
'use strict';

/** @type {typeof import('isolated-vm')} */
const ivm = require(process.argv[2]).ivm;

const CUT = '… (cut)';
const WATCH_MS = 10;
const logs = [];
let logged = 0;
let isReported = false;
let order = { timeoutMs: 0, memoryMb: 0, maxOutput: 0, maxLog: 0, code: '', input: 'null' };

/** Tells the one result of this process, and ends it. */
function report(result) {
  if (isReported) return;
  isReported = true;
  process.stdout.write(`${JSON.stringify({ ...result, logs })}\n`, () => process.exit());
}

const text = (value, max) =>
  typeof value === 'string' && value.length > max ? value.slice(0, max) + CUT : String(value);

/** @returns whether more lines are wanted: a program may write for as long as it runs. */
function onLog(line) {
  if (logged >= order.maxLog) return false;
  const shown = text(line, Math.min(4_000, order.maxLog - logged));
  logged += shown.length + 1;
  logs.push(shown);
  if (logged >= order.maxLog) logs.push(CUT);
  return logged < order.maxLog;
}

function onFailed(message, line) {
  report({ reason: 'error', message: text(message, 2_200), line: Number.isInteger(line) ? line : null });
}

function onDone(value) {
  if (value === undefined) return report({ ok: true, value: 'null' });
  if (value.length > order.maxOutput) {
    return report({ reason: 'output', message: `The result is longer than ${order.maxOutput} characters of JSON.` });
  }
  report({ ok: true, value: String(value) });
}

// Runs inside the isolate before the program, and keeps what the program could replace.
const PRELUDE = `
  const log = $0, done = $1, failed = $2;
  const { stringify, parse } = JSON;
  const { apply } = Reflect;
  const toText = String;
  const then = Promise.prototype.then;
  const { slice } = String.prototype;
  const { join, push } = Array.prototype;
  const exec = RegExp.prototype.exec;
  const cut = (value, max) => apply(slice, toText(value), [0, max]);
  let open = true;
  const show = (value) => {
    if (typeof value === 'string') return value;
    try {
      const json = typeof value === 'object' && value !== null ? stringify(value) : undefined;
      return json === undefined ? toText(value) : json;
    } catch (error) {
      return '(not shown)';
    }
  };
  const write = (...values) => {
    if (!open) return;
    const shown = [];
    for (let at = 0; at < values.length; at += 1) apply(push, shown, [cut(show(values[at]), 4001)]);
    open = log(cut(apply(join, shown, [' ']), 4001));
  };
  globalThis.console = { log: write, info: write, warn: write, error: write, debug: write };
  const fail = (error) => {
    let message = 'The program threw something that cannot be shown.';
    let line;
    try {
      if (typeof error === 'object' && error !== null) {
        message = cut(error.name, 100) + ': ' + cut(error.message, 2000);
        const at = apply(exec, /program\\.js:(\\d+)/, [cut(error.stack, 4000)]);
        if (at) line = +at[1];
      } else message = 'Thrown: ' + cut(show(error), 2000);
    } catch {}
    failed(message, line);
  };
  return (program, input) => {
    const settle = (value) => {
      let json;
      try {
        json = stringify(value);
      } catch (error) {
        return fail(error);
      }
      done(json);
    };
    try {
      apply(then, program(parse(input)), [settle, fail]);
    } catch (error) {
      fail(error);
    }
  };
`;

async function run() {
  const { timeoutMs, memoryMb, code, input } = order;
  // What the isolate's own time-out does not see: a promise nobody keeps, a thread that does not return.
  setTimeout(() => report({ reason: 'timeout' }), timeoutMs + 100);
  // The isolate counts its heap when it collects garbage, and nothing of what Intl and long texts take beside it.
  const { rss } = process.memoryUsage;
  const most = rss() + 2 * memoryMb * 2 ** 20;
  setInterval(() => rss() > most && report({ reason: 'memory' }), WATCH_MS);
  const isolate = new ivm.Isolate({ memoryLimit: memoryMb });
  const context = await isolate.createContext();
  const begin = await context.evalClosure(
    PRELUDE,
    [onLog, onDone, onFailed].map((told) => new ivm.Callback(told)),
    {
      result: { reference: true },
    },
  );
  const script = await isolate.compileScript(`(async (input) => {\n${code}\n})`, {
    filename: 'program.js',
    lineOffset: -1,
  });
  const limits = { timeout: timeoutMs };
  const program = await script.run(context, { ...limits, reference: true });
  await begin.apply(undefined, [program.derefInto(), input], limits);
  report({ reason: 'pending' });
}

/** What stopped the program from outside of it. */
function onStopped(error) {
  const message = String(error?.message);
  if (/timed out/.test(message)) return report({ reason: 'timeout' });
  if (/memory limit|allocation failed|disposed/.test(message)) return report({ reason: 'memory' });
  const at = /program\.js:(\d+)/.exec(`${message}\n${error?.stack}`);
  const shown = message.replace(/ \[program\.js:[\d:]+\]$/, '').slice(0, 2_000);
  report({ reason: 'error', message: `${error?.name}: ${shown}`, line: at ? Number(at[1]) : null });
}

let received = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  received += chunk;
  if (!received.endsWith('\n')) return;
  order = JSON.parse(received);
  received = '';
  run().catch(onStopped);
});
// Whoever started this is gone.
process.stdin.on('end', () => process.exit());
process.stdout.write('ready\n');
