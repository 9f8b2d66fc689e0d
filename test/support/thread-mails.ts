/** What a threader reads of a mail. */
export interface Threaded {
  readonly messageId: string;
  readonly subject: string;
  readonly references: readonly string[];
  readonly inReplyTo?: string | undefined;
}

interface Container {
  readonly id: string;
  message?: Threaded;
  parent?: Container;
  readonly children: Set<Container>;
}

/**
 * Threads mails as Jamie Zawinski's published algorithm does (https://www.jwz.org/doc/threading.html), which Netscape had
 * and RFC 5256 keeps as REFERENCES: by Message-ID and References, then by subject.
 *
 * @returns the Message-IDs of each thread
 */
export function threadMails(mails: readonly Threaded[]): readonly (readonly string[])[] {
  const table = new Map<string, Container>();
  const containerOf = (id: string): Container => {
    const known = table.get(id) ?? { id, children: new Set() };
    table.set(id, known);
    return known;
  };
  for (const message of mails) {
    let own = containerOf(message.messageId);
    // 1A: two of the same id are two messages.
    if (own.message !== undefined) own = containerOf(`${message.messageId} again ${table.size}`);
    own.message = message;
    // 1B: the references, in their order, hang on each other where nothing else is known.
    const references = message.references.length > 0 ? message.references : [message.inReplyTo ?? []].flat();
    let previous: Container | undefined;
    for (const reference of references) {
      const container = containerOf(reference);
      if (previous !== undefined && container.parent === undefined && !reaches(container, previous))
        link(previous, container);
      previous = container;
    }
    // 1C: the last one is the parent.
    if (previous !== undefined && !reaches(own, previous)) {
      own.parent?.children.delete(own);
      link(previous, own);
    }
  }
  const roots = [...table.values()].filter(({ parent }) => parent === undefined);
  return gatherBySubject(roots).map((group) => group.flatMap(idsBelow));
}

function link(parent: Container, child: Container): void {
  child.parent = parent;
  parent.children.add(child);
}

function reaches(from: Container, to: Container): boolean {
  return from === to || [...from.children].some((child) => reaches(child, to));
}

/** 5: roots of one subject are one thread. */
function gatherBySubject(roots: readonly Container[]): readonly (readonly Container[])[] {
  const bySubject = new Map<string, Container[]>();
  const alone: Container[][] = [];
  for (const root of roots) {
    const subject = subjectOf(root).replace(/^(?:(?:re|fwd?)(?:\[\d+\])?:\s*)+/i, "");
    if (subject === "") alone.push([root]);
    else bySubject.set(subject, [...(bySubject.get(subject) ?? []), root]);
  }
  return [...bySubject.values(), ...alone];
}

function subjectOf({ message, children }: Container): string {
  if (message !== undefined) return message.subject;
  const [first] = children;
  return first === undefined ? "" : subjectOf(first);
}

function idsBelow({ message, children }: Container): readonly string[] {
  return [...(message === undefined ? [] : [message.messageId]), ...[...children].flatMap(idsBelow)];
}
