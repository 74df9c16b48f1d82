import type { ConnectorAccess } from '@/lib/contracts/connectors';
import { Forbidden, Invalid } from '../errors';

const READING = new Set(['SELECT', 'WITH', 'SHOW', 'EXPLAIN', 'DESCRIBE', 'DESC', 'VALUES', 'TABLE']);
const WRITING = new Set(['SELECT', 'WITH', 'INSERT', 'UPDATE', 'DELETE', 'REPLACE']);

/** Words that are never part of a statement that only reads; quoted, they are names. */
const NOT_IN_READING = new Set(
  'INTO INSERT UPDATE DELETE DO CALL EXECUTE PREPARE HANDLER LOCK UNLOCK SET GRANT REVOKE CREATE ALTER DROP TRUNCATE RENAME LOAD KILL FLUSH SHUTDOWN INSTALL UNINSTALL IMPORT PURGE RESET'.split(
    ' ',
  ),
);
/** Words that are refused everywhere. */
const NEVER = new Set('OUTFILE DUMPFILE INFILE PROCEDURE NEXTVAL SETVAL'.split(' '));
/** Functions that read files, wait, lock, or reach outside of the database; quoted, they are called all the same. */
const REFUSED_FUNCTIONS = new Set(
  'LOAD_FILE SLEEP BENCHMARK GET_LOCK RELEASE_LOCK RELEASE_ALL_LOCKS IS_FREE_LOCK IS_USED_LOCK MASTER_POS_WAIT MASTER_GTID_WAIT SOURCE_POS_WAIT WAIT_FOR_EXECUTED_GTID_SET SYS_EXEC SYS_EVAL SYS_GET SYS_SET NEXTVAL SETVAL LASTVAL'.split(
    ' ',
  ),
);

const MAX_LENGTH = 20_000;

/**
 * Reads the words of a statement as a server does that has the SQL mode each connection sets, and refuses what it does not
 * know. There is no parser of MySQL's own to ask: the boundary is the login and the transaction that can only read.
 * @throws Invalid for what is no single statement, Forbidden for one that is not of the kinds this access allows.
 */
export function checkMysql(sql: string, access: ConnectorAccess): void {
  if (sql.length > MAX_LENGTH) throw new Invalid(`The statement is longer than ${MAX_LENGTH} characters.`);
  const tokens = tokensOf(sql);
  while (tokens.at(-1)?.text === ';') tokens.pop();
  if (tokens.length === 0 || tokens.some(({ text }) => text === ';'))
    throw new Invalid('Send one statement at a time.');
  const words = tokens.filter(({ kind }) => kind === 'word').map(({ text }) => text);
  const [first = ''] = words;
  if (!(access === 'write' ? WRITING : READING).has(first)) throw refused(access, first);
  const wrong = words.find((word) => NEVER.has(word) || (access === 'read' && NOT_IN_READING.has(word)));
  if (wrong) throw refused(access, wrong);
  tokens.forEach(({ kind, text }, index) => {
    const isCalled = kind !== 'symbol' && tokens[index + 1]?.text === '(';
    if (isCalled && REFUSED_FUNCTIONS.has(text.toUpperCase()))
      throw new Forbidden(`The function ${text} may not be used here.`);
    if (text === ':=') throw refused(access, 'an assignment');
    if (text === 'NEXT' && tokens[index + 1]?.text === 'VALUE') throw refused(access, 'NEXT VALUE');
  });
  if ((first === 'UPDATE' || first === 'DELETE') && !words.includes('WHERE')) {
    throw new Forbidden('An UPDATE or DELETE without WHERE changes every row. Say which rows are meant.');
  }
}

interface Token {
  kind: 'word' | 'quoted' | 'symbol';
  text: string;
}

/** Words in capitals, quoted names, and symbols; texts and comments are left out. */
function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  const pattern =
    /(?<comment>\/\*[\s\S]*?\*\/|--\s[^\n]*|--$|#[^\n]*)|(?<text>'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*")|`(?<quoted>(?:[^`]|``)*)`|(?<word>[\p{L}\p{N}_$@.]+)|(?<symbol>:=|\S)|\s+/uy;
  while (pattern.lastIndex < sql.length) {
    const found = pattern.exec(sql);
    if (!found?.groups) throw new Invalid('The statement has characters that do not belong there.');
    const { comment, text, quoted, word, symbol } = found.groups;
    // These are no comments to the server: it runs what is inside, or takes it as an instruction.
    if (comment && /^\/\*(?:!|M!|\+)/i.test(comment))
      throw new Forbidden('Comments that the server executes are refused.');
    if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted });
    if (word !== undefined)
      tokens.push(...word.split('.').map((part): Token => ({ kind: 'word', text: part.toUpperCase() })));
    if (symbol !== undefined) {
      if (/['"`]/.test(symbol) || (symbol === '/' && sql[pattern.lastIndex] === '*'))
        throw new Invalid('A text or a comment in the statement does not end.');
      tokens.push({ kind: 'symbol', text: symbol });
    }
    if (text !== undefined) tokens.push({ kind: 'symbol', text: "''" });
  }
  return tokens;
}

const refused = (access: ConnectorAccess, what: string) =>
  new Forbidden(
    access === 'read'
      ? `Only statements that read are allowed here, not ${what || 'this'}.`
      : `Only SELECT, INSERT, UPDATE, DELETE and REPLACE are allowed here, not ${what || 'this'}.`,
  );
