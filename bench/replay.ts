// Replays ninety days of hourly checks of fifty features from stored counts, and says how long it took.
import { replayPolicy } from "../src/actions/replay/replay-policy.ts";
import { hourlyPolicy, manyHours, start } from "../test/actions/replay/many-hours.ts";

const days = 90;
const on = (day: number) => new Date(start.getTime() + day * 86_400_000);
const { past, ports } = manyHours({ features: 50, hours: (days + 1) * 24, rowsAnHour: 100 });
const [began, before] = [performance.now(), process.cpuUsage()];
const request = { policy: hourlyPolicy(), from: on(1), to: on(days + 1), hindsight: false };
const { replay } = await replayPolicy(ports, past, request);
const seconds = (performance.now() - began) / 1_000;
const { user, system } = process.cpuUsage(before);
const cpu = (user + system) / 1_000_000;
console.log(`${replay.checks.length} checks of 50 features in ${seconds.toFixed(1)} s, ${cpu.toFixed(1)} CPU s`);
