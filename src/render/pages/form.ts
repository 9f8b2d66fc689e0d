import { escape as escapeHtml } from "html-escaper";

/** How long a silence of a page may be chosen to last. */
export const silenceSpans = ["4h", "24h", "3d", "7d"] as const;

export interface FormParts {
  /** The last part of the page's own address: forms go below it. */
  readonly capability: string;
  /** What a form brings back to show that it comes from the page. */
  readonly form: string;
}

/** A form that acts: the only thing on a page that does. @param fields  HTML, escaped */
export function formHtml(
  { capability, form }: FormParts,
  {
    act,
    button,
    fields,
    no = false,
  }: { readonly act: string; readonly button: string; readonly fields: string; readonly no?: boolean },
): string {
  return `<form method="post" action="${escapeHtml(`${capability}/${act}`)}" autocomplete="off"><input type="hidden" name="form" value="${escapeHtml(form)}">
${fields}<button${no ? ' class="no"' : ""}>${escapeHtml(button)}</button></form>`;
}

export function textField(name: string, label: string, required: boolean): string {
  return `<label>${escapeHtml(label)}<input name="${name}" maxlength="500"${required ? " required" : ""}></label>`;
}

export function secretField(name: string, label: string): string {
  return `<label>${escapeHtml(label)}<input name="${name}" type="password" maxlength="200" autocomplete="off" required></label>`;
}

export function spanField(): string {
  const options = silenceSpans.map((span) => `<option>${span}</option>`).join("");
  return `<label>For how long<select name="for">${options}</select></label>`;
}
