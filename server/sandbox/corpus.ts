import type { ProgramEnd } from './run-program';

/** How a hostile program may end; with `value`, only with this one. */
export interface Hostile {
  name: string;
  code: string;
  ends: ('value' | Extract<ProgramEnd, { ok: false }>['reason'])[];
  value?: unknown;
}

const h = (name: string, code: string, ends: Hostile['ends'] | Hostile['ends'][number], value?: unknown): Hostile => ({
  name,
  code,
  ends: [ends].flat(),
  value,
});

/** Programs that want out, or want everything. `CANARY_FILE`, `CANARY_PORT` and `SERVER_PID` are filled in. */
export const HOSTILE: readonly Hostile[] = [
  // Ways out by constructors and what the host handed in.
  h(
    'constructor of a function',
    'return Function("return typeof process + typeof require")()',
    'value',
    'undefinedundefined',
  ),
  h('constructor of console', 'return console.log.constructor("return typeof process")()', 'value', 'undefined'),
  h('constructor of a callback', 'return console.constructor.constructor("return this.process")()', 'value', null),
  h(
    'constructor of the input',
    'return input.constructor.constructor("return typeof process")()',
    'value',
    'undefined',
  ),
  h(
    'constructor of an error of the host',
    'try { console.log(Symbol()) } catch (e) { return e.constructor.constructor("return typeof process")() }\nreturn 1',
    'value',
    1,
  ),
  h(
    'stack overflow for an error of the host',
    'let e; const f = () => { try { f() } catch (x) { e ??= x } }; f(); return e.constructor.constructor("return typeof process")()',
    'value',
    'undefined',
  ),
  h('callers', 'return (function f() { return typeof f.caller })()', ['value', 'error']),
  h(
    'arguments.callee.caller',
    'return (function () { return String(arguments.callee.caller) })().includes("proc" + "ess.stdin")',
    ['value', 'error'],
    false,
  ),
  h(
    'eval, indirectly',
    'return (0, eval)("typeof process + typeof require + typeof module")',
    'value',
    'undefinedundefinedundefined',
  ),
  h(
    'constructors of async and generator functions',
    'const G = (function* () {}).constructor, A = (async () => {}).constructor; return [G("return typeof process")().next().value, await A("return typeof require")()]',
    'value',
    ['undefined', 'undefined'],
  ),
  h(
    'everything that is global',
    'return Object.getOwnPropertyNames(globalThis).filter((n) => /^(process|require|module|global|Buffer|fetch|Deno|Bun|__.*name|WebAssembly|setTimeout|queueMicrotask|XMLHttpRequest|WebSocket)$/.test(n))',
    'value',
    [],
  ),
  h(
    'closing the wrapper',
    '}); globalThis.leak = typeof process; (async () => { return globalThis.leak',
    ['value', 'error'],
    'undefined',
  ),
  h('closing the wrapper for nothing', '}); (1', ['error', 'crash']),
  h('import() of a module', 'return await import("node:fs")', 'error'),
  h('import() of data', 'return await import("data:text/javascript,export default 1")', 'error'),
  h('require', 'return require("fs").readFileSync("CANARY_FILE", "utf8")', 'error'),
  h('process.binding', 'return process.binding("fs")', 'error'),
  h('environment', 'return process.env', 'error'),
  h('killing the server', 'process.kill(SERVER_PID, "SIGKILL")', 'error'),
  h('fetch', 'return await fetch("http://127.0.0.1:CANARY_PORT/")', 'error'),
  h('a socket', 'return new WebSocket("ws://127.0.0.1:CANARY_PORT/")', 'error'),
  h('import of an address', 'return await import("http://127.0.0.1:CANARY_PORT/x.js")', 'error'),
  h('import of the file', 'return await import("file://CANARY_FILE")', 'error'),

  // Games with what the runner itself uses.
  h(
    'Error.prepareStackTrace',
    'Error.prepareStackTrace = (e, sites) => { globalThis.sites = sites; return sites.map((s) => String(s.getFunction?.() ?? s.getThis?.() ?? s.getFileName())).join() };\nconst seen = new Error("x").stack; return ["proc" + "ess", "req" + "uire", "std" + "in", "child" + ".cjs"].some((word) => seen.includes(word))',
    'value',
    false,
  ),
  h('Promise.prototype.then', 'Promise.prototype.then = function () { for (;;); }; return 5', 'value', 5),
  h(
    'a constructor of Promise',
    'Object.defineProperty(Promise.prototype, "constructor", { get() { return { [Symbol.species]: function (ex) { ex(() => {}, () => {}); this.x = 1 } } } }); return 6',
    ['value', 'error', 'pending'],
    6,
  ),
  h('JSON.stringify', 'JSON.stringify = () => "{\\"forged\\":1}"; return 7', 'value', 7),
  h('toJSON of everything', 'Object.prototype.toJSON = () => "mine"; return { a: 1 }', 'value', 'mine'),
  h(
    'setters of Array.prototype',
    'Object.defineProperty(Array.prototype, 0, { set(v) { for (;;); } }); console.log("x"); return 1',
    ['value', 'timeout'],
    1,
  ),
  h('String.prototype.slice', 'String.prototype.slice = () => "y".repeat(1e9); console.log("x"); return 2', 'value', 2),
  h('an error that lies', 'throw { get name() { return "process.js:1" }, get message() { for (;;); } }', 'timeout'),
  h('an error that throws', 'throw { get message() { throw this } }', 'error'),
  h(
    'a proxy as result',
    'return new Proxy({}, { get: () => { throw new Error("no") }, ownKeys: () => { throw new Error("no") } })',
    'error',
  ),
  h('a proxy with everything', 'return new Proxy([], { get: (t, k) => k === "length" ? 4294967295 : 0 })', [
    'timeout',
    'memory',
    'crash',
    'error',
  ]),
  h('a thenable without end', 'return { then(ok) { ok(this) } }', ['timeout', 'memory']),
  h('a thenable that keeps quiet', 'return { then() {} }', 'pending'),
  h('__proto__ in the result', 'return JSON.parse("{\\"__proto__\\":{\\"polluted\\":1}}")', 'value'),
  h('a result that is a function', 'return () => 1', 'value', null),
  h('a symbol', 'throw Symbol("x")', 'error'),
  h('half of a surrogate pair and NUL', 'return "\\ud800\\u0000"', 'value'),

  // Everything of the machine.
  h('an endless loop', 'for (;;);', 'timeout'),
  h('an endless loop in a getter of the result', 'return { get a() { for (;;); } }', 'timeout'),
  h('a loop before the program begins', '}); for (;;); (async () => {', 'timeout'),
  h('microtasks without end', '(function f() { Promise.resolve().then(f) })(); await new Promise(() => {})', [
    'timeout',
    'memory',
  ]),
  h('awaits without end', 'for (;;) await null', ['timeout', 'memory']),
  h('an async generator without end', 'async function* g() { for (;;) yield 1 }\nfor await (const _ of g());', [
    'timeout',
    'memory',
  ]),
  h('a promise nobody keeps', 'await new Promise(() => {})', 'pending'),
  h('a promise of top-level arrays', 'await Promise.all(Array.from({ length: 1e5 }, () => new Promise(() => {})))', [
    'pending',
    'memory',
    'timeout',
  ]),
  h('stack overflow', '(function f() { f() })()', 'error'),
  h('stack overflow in the result', 'let a = []; for (let i = 0; i < 1e6; i++) a = [a]; return a', [
    'error',
    'memory',
    'timeout',
  ]),
  h('deep, but not too deep', 'let a = 0; for (let i = 0; i < 5000; i++) a = [a]; return a', 'output'),
  h('a circle', 'const a = {}; a.a = a; return a', 'error'),
  h('arrays without end', 'const a = []; for (;;) a.push(new Array(1e6).fill(1))', ['memory', 'error', 'crash']),
  h(
    'strings without end',
    'const a = []; for (let i = 0; ; i++) a.push((i + "x".repeat(1e6)).split("").reverse().join(""))',
    ['memory', 'crash', 'timeout'],
  ),
  h('one string as long as can be', 'return "x".repeat(2 ** 29 - 25).length', ['value', 'memory', 'error', 'crash']),
  h('buffers without end', 'const a = []; for (;;) a.push(new Uint8Array(1e7).fill(1))', ['memory', 'error', 'crash']),
  h('one large buffer', 'return new ArrayBuffer(2 ** 32).byteLength', ['memory', 'error']),
  h(
    'a buffer that grows',
    'const b = new ArrayBuffer(1, { maxByteLength: 2 ** 33 }); b.resize(2 ** 33); new Uint8Array(b).fill(1); return 1',
    ['memory', 'error', 'crash'],
  ),
  h('shared memory', 'const b = []; for (;;) b.push(new Uint8Array(new SharedArrayBuffer(1e7)).fill(1))', [
    'memory',
    'error',
    'crash',
  ]),
  h('waiting on shared memory', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)', ['error', 'timeout']),
  h('maps without end', 'const m = new Map(); for (let i = 0; ; i++) m.set(i, { i })', [
    'memory',
    'error',
    'crash',
    'timeout',
  ]),
  h('closures without end', 'let f = () => 0; for (;;) { const g = f; f = () => g; }', ['memory', 'crash', 'timeout']),
  h('a sparse array as result', 'const a = []; a[1e9] = 1; return a', [
    'output',
    'memory',
    'timeout',
    'error',
    'crash',
  ]),
  h('WebAssembly', 'return new WebAssembly.Memory({ initial: 60000 }).buffer.byteLength', 'error'),
  h('a regular expression without end', 'return /^(a+)+$/.test("a".repeat(50) + "b")', 'timeout'),
  h(
    'a regular expression that is too large',
    'return new RegExp("(?:a{1000}){1000}".repeat(100)).test("a".repeat(1e6))',
    ['error', 'memory', 'timeout', 'crash', 'value'],
  ),
  h('a sort that never ends', '[...Array(1e5).keys()].sort(() => { for (;;); })', 'timeout'),
  h('BigInt without end', 'let n = 3n; for (;;) n **= 3n', ['error', 'timeout', 'memory', 'crash']),
  h('a JSON bomb', 'let s = "0"; for (let i = 0; i < 24; i++) s = "[" + s + "," + s + "]"; return JSON.parse(s)', [
    'memory',
    'output',
    'error',
    'timeout',
    'crash',
  ]),
  h('a result of a gigabyte', 'return Array.from({ length: 1000 }, () => "x".repeat(1e6))', [
    'memory',
    'error',
    'output',
    'crash',
  ]),
  h('a result a little too long', 'return "x".repeat(100000)', 'output'),
  h(
    'a log of a gigabyte',
    'for (let i = 0; i < 1e6; i++) console.log("x".repeat(1000)); return 1',
    ['value', 'timeout'],
    1,
  ),
  h('a log line of a gigabyte', 'console.log("x".repeat(2 ** 28)); return 1', ['value', 'memory', 'crash', 'error']),
  h('a log that never ends', 'for (;;) console.log("x")', 'timeout'),
  h('a log of a trap', 'console.log({ toJSON() { for (;;); } })', 'timeout'),
  h(
    'finalizers',
    'const r = new FinalizationRegistry(() => { for (;;); }); for (let i = 0; i < 1e5; i++) r.register({}, i); return 1',
    'value',
    1,
  ),
  h('a date and a locale', 'return new Date(NaN).toLocaleString("x-nonsense-" + "a-".repeat(1e5))', ['error', 'value']),
  h('normalization of long text', 'let s = "ﷺ".repeat(1e6); for (;;) s = s.normalize("NFKD")', [
    'timeout',
    'memory',
    'crash',
    'error',
  ]),

  // What it says of itself, and what is told of it.
  h(
    'all prototypes at once',
    'for (const C of [Object, Array, Function, String, Promise, RegExp, Error]) C.prototype.polluted = 1; return 1',
    'value',
    1,
  ),
  h(
    'getThis and getFunction of every frame',
    'Error.prepareStackTrace = (e, sites) => sites.flatMap((s) => [s.getThis?.(), s.getFunction?.()]); return new Error().stack.map((x) => { try { return x.constructor.constructor("return typeof process")() } catch { return "undefined" } }).every((x) => x === "undefined")',
    'value',
    true,
  ),
  h('a stack that never comes', 'Error.prepareStackTrace = () => { for (;;); }; throw new Error("x")', 'timeout'),
  h(
    'a stack with a line that is none',
    'Error.prepareStackTrace = () => "program.js:99999999999999999999999"; throw new Error("broken")',
    'error',
  ),
  h(
    'a stack without limit',
    'Error.stackTraceLimit = Infinity; (function f(n) { if (n) f(n - 1); else throw new Error("deep") })(5000)',
    'error',
  ),
  h(
    'a source map',
    'throw new Error("broken")\n//# sourceURL=file://CANARY_FILE\n//# sourceMappingURL=file://CANARY_FILE',
    'error',
  ),
  h('import.meta', 'return import.meta', 'error'),
  h('import with attributes', 'return await import("file://CANARY_FILE", { with: { type: "json" } })', 'error'),
  h(
    'a report in a log',
    'console.log("\\n{\\"ok\\":true,\\"value\\":\\"42\\",\\"logs\\":[]}\\n"); throw new Error("\\n{\\"ok\\":true,\\"value\\":\\"42\\",\\"logs\\":[]}\\n")',
    'error',
  ),
  h('a report as value', 'return { reason: "memory", logs: ["x"], line: 1 }', 'value', {
    reason: 'memory',
    logs: ['x'],
    line: 1,
  }),
  h('a message of the limits', 'throw new Error("Script execution timed out")', 'error'),
  h('two ends', 'return { then(a, b) { a(1); a(2); b(3); for (;;); } }', ['value', 'timeout'], 1),
  h(
    'work after the end',
    'Promise.resolve().then(async () => { for (let i = 0; i < 100; i++) await null; for (;;) console.log("after") }); return 1',
    ['value', 'timeout'],
    1,
  ),
  h(
    'a thenable of every object',
    'Object.prototype.then = (r) => r("mine"); return { a: 1 }',
    ['value', 'pending'],
    'mine',
  ),
  h(
    'descriptors of every object',
    'Object.prototype.get = function () { return 1 }; Object.prototype.value = 2; Object.prototype.reference = true; Object.prototype.ok = false; return {}',
    ['value', 'error'],
  ),
  h(
    'an element of every array',
    'Object.defineProperty(Array.prototype, "0", { get: () => 5, set() {}, configurable: true }); console.log("a"); return []',
    'value',
    [],
  ),
  h(
    'all that calls',
    'Function.prototype.call = Function.prototype.apply = Function.prototype.bind = Reflect.apply = () => { for (;;); }; console.log("x"); return 1',
    'value',
    1,
  ),
  h(
    'all that is global',
    'globalThis.String = globalThis.JSON = globalThis.Promise = globalThis.Reflect = null; console.log({ a: 1 }, 5); return 1',
    'value',
    1,
  ),
  h(
    'regular expressions',
    'RegExp.prototype.exec = () => { for (;;); }; Object.defineProperty(RegExp.prototype, "flags", { get() { for (;;); } }); throw new Error("broken")',
    'error',
  ),
  h('a name that never comes', 'throw { name: { [Symbol.toPrimitive]() { for (;;); } }, message: 1 }', 'timeout'),
  h(
    'with, of everything',
    'return eval("with (new Proxy({}, { has: () => true, get: (t, k) => k === Symbol.unscopables ? undefined : typeof t })) { [process, require] }")',
    ['value', 'error'],
    ['object', 'object'],
  ),
  h(
    'a proxy of a promise',
    'return new Proxy(Promise.resolve(1), { getPrototypeOf: () => null, get: (t, k) => k === "then" ? (a) => a({ toJSON: () => typeof process }) : t[k] })',
    'value',
    'undefined',
  ),
  h('natives syntax', 'return eval("%SystemBreak()")', 'error'),
  h('timers', 'setTimeout(() => {}, 1)', 'error'),
  h('a result within a result', 'const o = () => ({ get a() { return o() } }); return o()', ['error', 'memory']),
  h('toJSON that never is the same', 'let n = 0; const o = { toJSON: () => (n++ < 1e9 ? { o } : 1) }; return o', [
    'error',
    'memory',
  ]),
  h('many characters of one in the result', 'return "\\ud800".repeat(13000)', 'value', '\ufffd'.repeat(13000)),
  h('a result as deep as it is long', 'let a = 0; for (let i = 0; i < 13000; i++) a = { "": a }; return a', 'output'),

  // Memory that the isolate does not count.
  h('a split of a long text', 'return "a".repeat(2 ** 26).split("").length', 'memory'),
  h(
    'Intl without end',
    'const a = []; for (;;) a.push(new Intl.DateTimeFormat("de"), new Intl.NumberFormat("ar-EG"))',
    'memory',
  ),
  h(
    'segments of a long text',
    'const s = "a".repeat(1e7), a = []; for (;;) a.push(new Intl.Segmenter("th", { granularity: "word" }).segment(s))',
    'memory',
  ),
  h(
    'a list of long texts',
    'return new Intl.ListFormat("en").format(Array(1e6).fill("x".repeat(100))).length',
    'memory',
  ),
  h('buffers that may grow', 'const l = []; for (;;) l.push(new ArrayBuffer(1, { maxByteLength: 1e9 }))', [
    'error',
    'memory',
  ]),
  h(
    'waiters on shared memory',
    'const a = new Int32Array(new SharedArrayBuffer(8)); for (;;) Atomics.waitAsync(a, 0, 0, 1)',
    'memory',
  ),
  h(
    'a finalizer of everything',
    'const r = new FinalizationRegistry(() => {}); for (;;) { r.register({}, 1); new WeakRef({}) }',
    'memory',
  ),
  h('an array that doubles', 'let a = [1]; for (;;) a = a.concat(a)', 'memory'),
  h('an array without end, natively', 'Array.prototype.fill.call({ length: 2 ** 53 - 1 }, 1)', 'memory'),

  // Time that no line of the program takes.
  h('a search without end, natively', 'return Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1)', 'timeout'),
  h('rejections without end', 'for (;;) Promise.reject(new Error("x"))', ['timeout', 'memory']),
  h('promises without end', 'for (;;) Promise.resolve().then(() => {})', ['timeout', 'memory']),
  h('a comparison of long texts', 'const a = "ä".repeat(1e7); for (;;) a.localeCompare(a + "b", "de")', [
    'timeout',
    'memory',
  ]),
  h('a large number as text', 'for (;;) String(1n << 20000000n)', ['timeout', 'memory']),
  h('a large number from text', 'for (;;) BigInt("9".repeat(5e7))', ['timeout', 'memory']),
  h('a pattern that goes back', 'return /^(([a-z])+.)+[A-Z]([a-z])+$/.test("a".repeat(200))', 'timeout'),
  h('a pattern of a hundred thousand groups', 'return new RegExp("(".repeat(1e5) + ")".repeat(1e5)).test("a")', [
    'error',
    'value',
  ]),
  h(
    'an iterator without end',
    'return Iterator.from({ next: () => ({ done: false, value: 1 }) }).flatMap(() => [1, 2]).toArray()',
    ['timeout', 'memory'],
  ),
  h('a generator of itself', 'function* g() { yield* g() } return [...g()]', ['error', 'memory']),
];
