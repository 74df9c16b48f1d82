import { createDocument } from '@mixmark-io/domino';
import { Readability } from '@mozilla/readability';
import { gfm } from '@truto/turndown-plugin-gfm';
import TurndownService from 'turndown';
import { Invalid } from '../errors';

export interface Page {
  title: string | null;
  byline: string | null;
  publishedAt: string | null;
  markdown: string;
}

/** Pages beyond this would keep the server from its other work for too long. */
const MAX_ELEMENTS = 12_000;
const NOISE = [
  'script',
  'style',
  'noscript',
  'template',
  'iframe',
  'object',
  'embed',
  'svg',
  'canvas',
  'form',
] as const;

// domino's live lists are of a time before iterators; Readability changes what it iterates over.
const liveList = Object.getPrototypeOf(createDocument('').getElementsByTagName('a'));
liveList[Symbol.iterator] ??= function (this: HTMLCollection) {
  return Array.from({ length: this.length }, (_, at) => this.item(at)).values();
};

const turndown = new TurndownService({
  headingStyle: 'atx',
  hr: '---',
  bulletListMarker: '-',
  codeBlockStyle: 'fenced',
});
turndown.use(gfm);
turndown.remove([...NOISE] as TurndownService.Filter);
turndown.addRule('images', {
  filter: 'img',
  // What a picture shows is in its words; its address is often data, or a way to be counted.
  replacement: (_, node) =>
    (node as Element).getAttribute('alt') ? `(picture: ${(node as Element).getAttribute('alt')})` : '',
});

/**
 * The article of a page as Markdown with absolute links; all of its body when there is no article to be found.
 * @throws Invalid for a page too large or too deep to be read.
 */
export function pageToMarkdown(html: string, url: string): Page {
  try {
    const document = createDocument(html, true);
    if (document.getElementsByTagName('*').length > MAX_ELEMENTS) {
      throw new Invalid(`The page has more than ${MAX_ELEMENTS} elements. Look for a smaller one.`);
    }
    // domino leaves these out.
    for (const name of ['baseURI', 'documentURI']) Object.defineProperty(document, name, { value: url });
    makeAbsolute(document, url);
    const title = document.title?.trim() || null;
    const body = document.body?.innerHTML ?? '';
    const article = new Readability(document, { charThreshold: 200 }).parse();
    const markdown = turndown.turndown(article?.content || body).trim();
    return {
      title: article?.title?.trim() || title,
      byline: article?.byline?.trim() || null,
      publishedAt: article?.publishedTime ?? null,
      markdown,
    };
  } catch (error) {
    if (error instanceof RangeError) throw new Invalid('The page is nested too deeply to be read.');
    throw error;
  }
}

function makeAbsolute(document: Document, base: string): void {
  for (const link of Array.from(document.getElementsByTagName('a'))) {
    const href = link.getAttribute('href') ?? '';
    const target = URL.canParse(href, base) ? new URL(href, base) : undefined;
    if (target?.protocol === 'http:' || target?.protocol === 'https:') link.setAttribute('href', target.href);
    else link.removeAttribute('href');
  }
}
