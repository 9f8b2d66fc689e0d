import { DriftwardError } from "./errors.ts";

const addresses = {
  DATABASE_URL: { form: /^(postgres(ql)?:\/\/\S|socket:\S|\/)/, example: "postgres://user:password@host:5432/name" },
  REDIS_URL: { form: /^(rediss?:\/\/\S|unix:\S|\/)/, example: "redis://host:6379" },
} as const;

/**
 * The address of a server as its client takes it. What is no address would be looked up under a name that nobody wrote; it
 * may hold a password, and is not shown.
 *
 * @throws InvalidConfig when it is none
 */
export function serverAddress(name: keyof typeof addresses, value: string): string {
  const { form, example } = addresses[name];
  if (form.test(value)) return value;
  throw new DriftwardError("InvalidConfig", `expected an address such as ${example}, ${name} is none`, {
    hint: `mend ${name} in the environment, or ${name.toLowerCase()} in driftward.yaml`,
  });
}
