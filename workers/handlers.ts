import type { Task, TaskResult } from "../src/ports/queue.ts";
import { type CheckPorts, check } from "../src/stages/check/check.ts";
import { failCheck } from "../src/stages/check/fail-check.ts";
import { type CheckpointMail, type CheckpointPorts, checkpoint } from "../src/stages/checkpoint.ts";
import { type CountPorts, count } from "../src/stages/count.ts";
import { type DecidePorts, decide } from "../src/stages/decide/decide.ts";
import { escalate } from "../src/stages/decide/escalate.ts";
import { type DigestPorts, digest } from "../src/stages/digest.ts";
import { type GatherPorts, gather, giveUpGathering } from "../src/stages/gather/gather.ts";
import { failNotification, type NotifyPorts, notify } from "../src/stages/notify.ts";
import { type AdvancePorts, advanceRun } from "../src/stages/run/advance.ts";
import { failRun } from "../src/stages/run/fail.ts";
import { type TidyPorts, tidy } from "../src/stages/run/tidy.ts";
import { endWatch } from "../src/stages/run/watch.ts";
import type { TaskHandler, TaskHandlers } from "./handle.ts";

export type StagePorts = CheckPorts &
  CountPorts &
  DecidePorts &
  DigestPorts &
  GatherPorts &
  NotifyPorts &
  AdvancePorts &
  TidyPorts &
  CheckpointPorts & {
    /** Who is mailed the day's checkpoint, if anybody. */
    readonly checkpointMail?: CheckpointMail;
    /** How long runs that came to nothing keep their files. */
    readonly keepRunsMs: number;
  };

const done: TaskResult = { done: true };

/** Which stage does the tasks of which kind, and what is recorded when one cannot be done. */
export function createHandlers(ports: StagePorts): TaskHandlers {
  return {
    count: handler((task) => count(ports, { fileId: task.subject, taskId: task.id })),
    gather: {
      handle: (task) => gather(ports, { modelId: task.subject, taskId: task.id }),
      giveUp: (task, error) =>
        giveUpGathering(ports, { modelId: task.subject, taskId: task.id, reason: error.message }),
    },
    check: handler(
      (task) => check(ports, { checkId: task.subject, taskId: task.id }),
      (task, error) => failCheck(ports, { checkId: task.subject, taskId: task.id, reason: error.message }),
    ),
    decide: handler((task) => decide(ports, { modelId: task.subject, taskId: task.id })),
    escalate: handler((task) => escalate(ports, { incidentId: task.subject, member: task.epoch, taskId: task.id })),
    digest: handler((task) => digest(ports, { digestId: task.subject, taskId: task.id })),
    notify: handler(
      (task) => notify(ports, { notificationId: task.subject, taskId: task.id }),
      (task, error) =>
        failNotification(ports, { notificationId: task.subject, taskId: task.id, reason: error.message }),
    ),
    tidy: handler((task) => tidy(ports, { keepMs: ports.keepRunsMs, taskId: task.id })),
    checkpoint: handler((task) =>
      checkpoint(ports, {
        taskId: task.id,
        ...(ports.checkpointMail === undefined ? {} : { mail: ports.checkpointMail }),
      }),
    ),
    run: {
      handle: (task) => advanceRun(ports, { runId: task.subject, epoch: task.epoch, taskId: task.id }),
      giveUp: (task, error) =>
        failRun(ports, { runId: task.subject, epoch: task.epoch, taskId: task.id, reason: error.message }),
    },
    // Given up, it stays open: the first check after its time ends it as well.
    watch: {
      handle: (task) => endWatch(ports, { watchId: task.subject, taskId: task.id }),
      giveUp: async () => undefined,
    },
  };
}

/** A stage that is done when it returns. What it leaves open is closed by the runner of tasks. */
function handler(
  handle: (task: Task) => Promise<unknown>,
  giveUp: (task: Task, error: Error) => Promise<unknown> = async () => undefined,
): TaskHandler {
  return {
    handle: async (task) => {
      await handle(task);
      return done;
    },
    giveUp: async (task, error) => {
      await giveUp(task, error);
    },
  };
}
