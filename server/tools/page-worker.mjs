// Turns a page into Markdown in a process of its own: a hostile page takes seconds. See page-to-markdown.ts.
import { createDocument } from '@mixmark-io/domino';
import { Readability } from '@mozilla/readability';
import { gfm } from '@truto/turndown-plugin-gfm';
import TurndownService from 'turndown';

// domino's live lists are of a time before iterators; Readability changes what it iterates over.
const liveList = Object.getPrototypeOf(createDocument('').getElementsByTagName('a'));
liveList[Symbol.iterator] ??= function () {
  return Array.from({ length: this.length }, (_, at) => this.item(at)).values();
};

const turndown = new TurndownService({
  headingStyle: 'atx',
  hr: '---',
  bulletListMarker: '-',
  codeBlockStyle: 'fenced',
});
turndown.use(gfm);
turndown.remove(['script', 'style', 'noscript', 'template', 'iframe', 'object', 'embed', 'svg', 'canvas', 'form']);
turndown.addRule('images', {
  filter: 'img',
  // What a picture shows is in its words; its address is often data, or a way to be counted.
  replacement: (_, node) => (node.getAttribute('alt') ? `(picture: ${node.getAttribute('alt')})` : ''),
});

process.once('message', ({ html, url }) => {
  const document = createDocument(html, true);
  // domino leaves these out.
  for (const name of ['baseURI', 'documentURI']) Object.defineProperty(document, name, { value: url });
  for (const link of Array.from(document.getElementsByTagName('a'))) {
    const href = link.getAttribute('href') ?? '';
    const target = URL.canParse(href, url) ? new URL(href, url) : undefined;
    if (target?.protocol === 'http:' || target?.protocol === 'https:') link.setAttribute('href', target.href);
    else link.removeAttribute('href');
  }
  const title = document.title?.trim() || null;
  const body = document.body?.innerHTML ?? '';
  const article = new Readability(document, { charThreshold: 200 }).parse();
  process.send({
    title: article?.title?.trim() || title,
    byline: article?.byline?.trim() || null,
    publishedAt: article?.publishedTime ?? null,
    markdown: turndown.turndown(article?.content || body).trim(),
  });
});
