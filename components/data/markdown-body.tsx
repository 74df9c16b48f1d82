'use client';

import { ImageOff } from 'lucide-react';
import type { ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { CodeBlock } from './code-block';

const hostOf = (href: string): string | null => {
  try {
    return new URL(href).host;
  } catch {
    return null;
  }
};

/** The text of a code element: react-markdown gives it as one string. */
const plain = (children: ReactNode): string => (Array.isArray(children) ? children.join('') : String(children ?? ''));

// Untrusted: nothing is loaded from elsewhere, no HTML, and a link says where it leads.
const components: Components = {
  a({ href, children }) {
    const host = href ? hostOf(href) : null;
    if (!href || !host) return <span>{children}</span>;
    return (
      <a
        href={href}
        target="_blank"
        rel="noopener noreferrer nofollow"
        className="text-link underline underline-offset-2"
      >
        {children}
        <span className="text-muted-foreground"> ({host})</span>
      </a>
    );
  },
  img({ src, alt }) {
    return (
      <span className="inline-flex items-center gap-1 rounded-sm border px-1 text-muted-foreground text-xs">
        <ImageOff className="size-3" aria-hidden /> {alt || 'image'}
        {typeof src === 'string' && hostOf(src) ? ` (${hostOf(src)}, not loaded)` : ''}
      </span>
    );
  },
  pre: ({ children }) => <>{children}</>,
  code({ children, className, node }) {
    const text = plain(children);
    const block = className?.startsWith('language-') || node?.position?.start.line !== node?.position?.end.line;
    if (block) return <CodeBlock text={text.replace(/\n$/, '')} label="Copy code" className="my-2" />;
    return <code className="rounded-sm bg-muted px-1 py-px font-mono text-[0.92em]">{children}</code>;
  },
  table: ({ children }) => (
    <div className="scroll-thin my-2 overflow-x-auto">
      <table className="w-full text-sm [&_td]:border [&_td]:px-2 [&_td]:py-1 [&_th]:border [&_th]:bg-muted [&_th]:px-2 [&_th]:py-1 [&_th]:text-left [&_th]:font-medium">
        {children}
      </table>
    </div>
  ),
};

export default function MarkdownBody({ text }: { text: string }) {
  return (
    <div className="break-words text-base [&>*+*]:mt-2 [&_blockquote]:border-l-2 [&_blockquote]:pl-3 [&_blockquote]:text-muted-foreground [&_h1]:font-semibold [&_h1]:text-lg [&_h2]:font-semibold [&_h2]:text-lg [&_h3]:font-semibold [&_h4]:font-semibold [&_hr]:my-3 [&_li]:mt-1 [&_ol]:list-decimal [&_ol]:pl-5 [&_ul]:list-disc [&_ul]:pl-5">
      <ReactMarkdown remarkPlugins={[remarkGfm]} components={components}>
        {text}
      </ReactMarkdown>
    </div>
  );
}
