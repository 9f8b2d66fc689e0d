/** What is wrong with the nesting or the text of markup; undefined when nothing is. Knows no comments and no CDATA. */
export function faultOfMarkup(markup: string, empty: readonly string[] = []): string | undefined {
  const open: string[] = [];
  const tags = /<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*(\/?)>/y;
  let at = /^<[?!][^>]*>/.exec(markup)?.[0].length ?? 0;
  while (at < markup.length) {
    const text = /[^<]*/y;
    text.lastIndex = at;
    const words = text.exec(markup)?.[0] ?? "";
    if (/&(?!(amp|lt|gt|quot|nbsp|#39|#\d+);)/.test(words) && open.at(-1) !== "style") return `a bare & in ${words}`;
    at += words.length;
    if (at >= markup.length) break;
    tags.lastIndex = at;
    const tag = tags.exec(markup);
    if (tag === null) return `no tag at ${markup.slice(at, at + 60)}`;
    const [whole, closes, name = "", attributes = "", alone] = tag;
    if (/&(?!(amp|lt|gt|quot|#39|#\d+);)/.test(attributes)) return `a bare & in ${whole}`;
    if (closes === "/") {
      const last = open.pop();
      if (last !== name) return `</${name}> closes ${last}`;
    } else if (alone !== "/" && !empty.includes(name)) open.push(name);
    at += whole.length;
  }
  return open.length === 0 ? undefined : `${open.join(", ")} left open`;
}
