import { z } from "zod";
import { mapValues } from "../map-values.ts";
import { absoluteCommand, environmentName } from "../operator-fields.ts";
import { type ParameterDeclaration, parameterProblem } from "../policy/trainer-parameters.ts";
import { parseBytes, parseDuration } from "../units.ts";
import { written } from "../written-field.ts";

/*
 * The section `trainers` of driftward.yaml: the operator's training programs, what executes them, and what a policy
 * may set of them.
 */

const absoluteInside = z.string().regex(/^\/[^\0]+$/, { error: "expected an absolute path inside the container" });
const address = z
  .string()
  .regex(/^https?:\/\/[^\s/?#]+/, { error: "expected a URL such as https://ci.example.com/hook" });
const parameterValue = z.union([z.string(), z.number(), z.boolean()]);

const parameter = z
  .strictObject({
    type: z.enum(["integer", "number", "string", "boolean"]),
    default: parameterValue.optional(),
    values: z.array(parameterValue).min(1).optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
  })
  .superRefine((declared, context) => {
    const { values, minimum, maximum, ...rest } = declaration(declared);
    const isNumber = rest.type === "integer" || rest.type === "number";
    const issue = (message: string, field: string) => context.addIssue({ code: "custom", message, path: [field] });
    if (!isNumber && minimum !== undefined) issue(`a ${rest.type} has no minimum`, "minimum");
    if (!isNumber && maximum !== undefined) issue(`a ${rest.type} has no maximum`, "maximum");
    if (minimum !== undefined && maximum !== undefined && minimum > maximum)
      issue(`expected a maximum of at least ${minimum}, got ${maximum}`, "maximum");
    for (const value of values ?? []) {
      const problem = parameterProblem({ type: rest.type }, value);
      if (problem !== undefined) issue(problem, "values");
    }
    const problem = rest.default === undefined ? undefined : parameterProblem(declaration(declared), rest.default);
    if (problem !== undefined) issue(problem, "default");
  });

/** Without the keys that are not there. */
function declaration(read: { readonly type: ParameterDeclaration["type"] } & object): ParameterDeclaration {
  const present = Object.entries(read).filter(([, value]) => value !== undefined);
  return { type: read.type, ...Object.fromEntries(present) };
}

const common = {
  environment: z.array(environmentName).default([]),
  secret_files: z.record(environmentName, z.string().min(1)).default({}),
  parameters: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,99}$/), parameter).default({}),
  timeout: written(parseDuration).default(7_200_000),
  grace: written(parseDuration).default(10_000),
  attempts: z.int().min(1).max(10).default(1),
};

const command = z.array(z.string().min(1));

const trainer = z.discriminatedUnion("runner", [
  z.strictObject({ runner: z.literal("process"), command: command.min(1), ...common }),
  z.strictObject({
    runner: z.literal("docker"),
    command: command.default([]),
    image: z.string().min(1),
    socket: z.string().min(1).optional(),
    cpus: z.number().positive().max(4_096).optional(),
    memory: written(parseBytes).optional(),
    pids: z.int().min(1).optional(),
    mounts: z.record(absoluteInside, z.string().min(1)).default({}),
    network: z.boolean().default(false),
    user: z
      .string()
      .regex(/^\d+(:\d+)?$/, { error: "expected uid or uid:gid" })
      .optional(),
    ...common,
  }),
  z.strictObject({
    runner: z.literal("webhook"),
    command: command.default([]),
    url: address,
    headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/), environmentName).default({}),
    secret: environmentName.optional(),
    body: z.record(z.string(), z.unknown()).optional(),
    status_url: address.optional(),
    status_field: z.string().min(1).default("state"),
    cancel_url: address.optional(),
    shared: z.boolean().default(false),
    ...common,
  }),
]);

/** One trainer as written; a runner that is not named is `process`. */
export const trainerSettings = z.preprocess(
  (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) && !("runner" in value)
      ? { runner: "process", ...value }
      : value,
  trainer,
);

export type TrainerSettings = z.output<typeof trainerSettings>;

/**
 * A trainer with the paths that are relative to driftward.yaml made absolute.
 *
 * @param absolute  where a path of driftward.yaml leads
 */
export function resolveTrainer(settings: TrainerSettings, absolute: (path: string) => string) {
  const { runner, environment, timeout, grace, attempts } = settings;
  return {
    runner,
    // In a command, what begins with ./ or ../ is such a path; in a container it is one inside.
    command: runner === "process" ? absoluteCommand(settings.command, absolute) : settings.command,
    environment,
    secretFiles: mapValues(settings.secret_files, absolute),
    parameters: mapValues(settings.parameters, declaration),
    timeoutMs: timeout,
    graceMs: grace,
    attempts,
    ...(runner === "docker" ? { container: containerOf(settings, absolute) } : {}),
    ...(runner === "webhook" ? { webhook: webhookOf(settings) } : {}),
  };
}

function containerOf(
  { image, socket, cpus, memory, pids, mounts, network, user }: Extract<TrainerSettings, { runner: "docker" }>,
  absolute: (path: string) => string,
) {
  return {
    image,
    network,
    mounts: mapValues(mounts, absolute),
    ...(socket === undefined ? {} : { socket }),
    ...(cpus === undefined ? {} : { cpus }),
    ...(memory === undefined ? {} : { memoryBytes: memory }),
    ...(pids === undefined ? {} : { pids }),
    ...(user === undefined ? {} : { user }),
  };
}

function webhookOf({
  url,
  headers,
  secret,
  body,
  status_url,
  status_field,
  cancel_url,
  shared,
}: Extract<TrainerSettings, { runner: "webhook" }>) {
  return {
    url,
    headers,
    statusField: status_field,
    shared,
    ...(secret === undefined ? {} : { secret }),
    ...(body === undefined ? {} : { body }),
    ...(status_url === undefined ? {} : { statusUrl: status_url }),
    ...(cancel_url === undefined ? {} : { cancelUrl: cancel_url }),
  };
}
