import type { AddressInfo, Server } from "node:net";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

/** A mail as the server got it. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly parsed: ParsedMail;
}

export interface TestSmtpServer {
  readonly url: string;
  readonly mails: readonly ReceivedMail[];
  /** Answers the next mails so: `refuse` with 550, `later` with 451, `accept` with 250. */
  answer(how: "accept" | "refuse" | "later"): void;
  /** Stops at once: open connections are cut. */
  kill(): Promise<void>;
  /** Listens again, on the same port, after `kill`. */
  restart(): Promise<void>;
}

const refusals = { refuse: [550, "no such mailbox"], later: [451, "try again later"] } as const;

/** A real SMTP server on a free port of 127.0.0.1 that keeps what it accepts. */
export async function openSmtpServer(): Promise<TestSmtpServer> {
  const mails: ReceivedMail[] = [];
  let how: "accept" | "refuse" | "later" = "accept";
  const sockets = new Set<{ destroy(): void }>();
  const create = () =>
    new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      logger: false,
      onData(stream, session, callback) {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          if (how !== "accept") {
            const [code, text] = refusals[how];
            callback(Object.assign(new Error(text), { responseCode: code }));
            return;
          }
          const raw = Buffer.concat(chunks);
          const { mailFrom, rcptTo } = session.envelope;
          simpleParser(raw).then((parsed) => {
            mails.push({
              from: mailFrom === false ? "" : mailFrom.address,
              to: rcptTo.map(({ address }) => address),
              raw: raw.toString("utf8"),
              parsed,
            });
            callback();
          }, callback);
        });
      },
    });
  let server = create();
  const listen = (port: number) =>
    new Promise<number>((resolve, reject) => {
      server.on("error", reject);
      const net = server.listen(port, "127.0.0.1", () => resolve((net.address() as AddressInfo).port)) as Server;
      net.on("connection", (socket) => {
        sockets.add(socket);
        socket.on("close", () => sockets.delete(socket));
      });
    });
  const port = await listen(0);
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    answer(next) {
      how = next;
    },
    async kill() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
    async restart() {
      server = create();
      await listen(port);
    },
  };
}
