// What a program could try that got out of its isolate and is in its process: run with the limits of that process.
'use strict';
const net = require('node:net');
const tried = {};
const attempt = (name, work) => {
  try {
    tried[name] = String(work()).slice(0, 200);
  } catch (error) {
    tried[name] = `refused: ${error.code ?? error.message}`;
  }
};

process.stdin.once('data', (line) => {
  const { file, port, pid } = JSON.parse(line);
  attempt('environment', () => JSON.stringify({ ...require('node:process').env }));
  attempt('read', () => require('node:fs').readFileSync(file));
  attempt('write', () => require('node:fs').writeFileSync(`${file}.written`, 'x'));
  attempt('list', () => require('node:fs').readdirSync('/'));
  attempt('spawn', () => require('node:child_process').execFileSync('/bin/true'));
  attempt('worker', () => new (require('node:worker_threads').Worker)('1', { eval: true }));
  attempt('memory', () => Buffer.alloc(4 * 2 ** 30).length);
  attempt('signal', () => process.kill(pid, 0));
  attempt('code', () => process.getBuiltinModule('node:inspector').open(0));
  const socket = net.connect(port, '127.0.0.1');
  const tell = (end) => {
    tried.network = end;
    process.stdout.write(`${JSON.stringify(tried)}\n`);
  };
  socket.once('connect', () => tell('connected'));
  socket.once('error', (error) => tell(`refused: ${error.code}`));
});
process.stdout.write('ready\n');
