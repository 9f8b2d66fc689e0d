import { escape as escapeHtml } from "html-escaper";
import { plainText } from "../plain-text.ts";
import { style } from "./style.ts";

/** A text from outside as one line of HTML; a number stays with its percent sign. */
export function htmlText(value: string): string {
  return escapeHtml(plainText(value)).replaceAll(" %", "\u00a0%");
}

/** A page that stands alone: no script, nothing from the network, light and dark. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${htmlText(title)}</title><style>${style}</style></head>
<body><main>
${body}
</main></body></html>
`;
}
