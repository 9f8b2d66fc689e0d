/** When a model is checked: at multiples of a span, or as a cron expression says in a time zone. */
export type Schedule = { readonly everyMs: number } | { readonly cron: string; readonly timezone: string };
