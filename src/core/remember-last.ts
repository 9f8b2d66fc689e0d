/**
 * A function whose answers never change: asked once for each key, and kept while it is among the last ones used. An answer
 * that fails is asked for again.
 *
 * @param kept   answers that are kept
 * @param keyOf  what tells requests apart
 */
export function rememberLast<Request, Answer>(
  kept: number,
  keyOf: (request: Request) => string,
  ask: (request: Request) => Promise<Answer>,
): (request: Request) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>();
  return (request) => {
    const key = keyOf(request);
    const answer = answers.get(key) ?? ask(request);
    answers.delete(key);
    answers.set(key, answer);
    answer.catch(() => answers.delete(key));
    const oldest = answers.keys().next().value;
    if (answers.size > kept && oldest !== undefined) answers.delete(oldest);
    return answer;
  };
}
