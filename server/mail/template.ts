import type { MailMessage } from '@/lib/contracts/mail';

/** For readers without HTML, and for filters that distrust mail without text. */
export function renderText({ paragraphs, action, footnote }: MailMessage): string {
  const parts = [...paragraphs, ...(action ? [`${action.label}:\n${action.url}`] : [])];
  return `${[...parts, ...(footnote ? [`-- \n${footnote}`] : [])].join('\n\n')}\n`;
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`).replaceAll('\n', '<br>');

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const paragraph = (text: string, style = 'font-size:15px;line-height:23px;color:#24242b'): string =>
  `<p style="margin:0 0 16px;${style}">${escapeHtml(text)}</p>`;

const button = ({ label, url }: { label: string; url: string }): string =>
  `<table role="presentation" cellpadding="0" cellspacing="0" style="margin:8px 0 24px"><tr><td style="border-radius:6px;background:#4f46c8">
<a href="${escapeHtml(url)}" style="display:inline-block;padding:11px 20px;font-size:15px;font-weight:600;color:#ffffff;text-decoration:none">${escapeHtml(label)}</a>
</td></tr></table>`;

/** Tables and inline styles: what mail programs agree on. Nothing is loaded from anywhere. */
export function renderHtml({ subject, paragraphs, action, footnote }: MailMessage): string {
  const small = 'font-size:13px;line-height:20px;color:#62626d';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light">
<title>${escapeHtml(subject)}</title></head>
<body style="margin:0;padding:0;background:#f4f4f7;${FONT}">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f4f4f7"><tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:520px;background:#ffffff;border:1px solid #e4e4ea;border-radius:8px"><tr><td style="padding:28px 32px 16px">
<p style="margin:0 0 20px;font-size:14px;font-weight:600;color:#4f46c8">Muster</p>
<h1 style="margin:0 0 16px;font-size:19px;line-height:26px;font-weight:600;color:#24242b">${escapeHtml(subject)}</h1>
${paragraphs.map((text) => paragraph(text)).join('\n')}
${action ? `${button(action)}\n${paragraph(`Or open this address:\n${action.url}`, `${small};word-break:break-all`)}` : ''}
</td></tr></table>
${footnote ? `<p style="max-width:520px;margin:16px auto 0;padding:0 8px;text-align:left;${small}">${escapeHtml(footnote)}</p>` : ''}
</td></tr></table>
</body></html>`;
}
