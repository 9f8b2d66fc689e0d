import { binaryFeatures, categoricalFeatures, heavyFeatures, mixedFeatures } from "./false-alarms/features.ts";
import { countHourly, judgePerCheck, type Setting } from "./false-alarms/trial.ts";

const which = process.argv[2] ?? "check";
const B = Number(process.argv[3] ?? 10);
const dep = {
  iid: { kind: "independent" },
  ar: { kind: "autoregressive", correlation: 0.9 },
  day: { kind: "daily", strength: 0.5 },
  ent: { kind: "entities", rowsEach: 10, correlation: 0.9 },
} as any;
const F: any = {
  mix: mixedFeatures(20),
  bin: binaryFeatures(20),
  cat: categoricalFeatures(20),
  heavy: heavyFeatures(20),
  mix200: mixedFeatures(200),
};
const list = (process.argv[4] ?? "iid:mix:42,ar:mix:42,ent:mix:125,day:mix:42").split(",");
for (const item of list) {
  const [d, f, r, span = "24"] = item.split(":") as string[];
  const s: Setting = {
    name: item,
    features: F[f!],
    dependence: dep[d!],
    rowsPerHour: Number(r),
    baselineDays: Number(process.env.DAYS ?? 30),
    spanHours: Number(span),
  };
  const t0 = process.cpuUsage().user;
  if (which === "check") {
    let al = 0,
      n = 0;
    const ev: number[] = [];
    const own: number[] = [];
    const dg: number[] = [];
    const ch: number[] = [0, 0, 0];
    for (let b = 0; b < B; b++) {
      const out = judgePerCheck(s, b + 1, {
        nullWindows: 30,
        changes: [
          { name: "x", shift: 0.25, scale: 1, feature: 0 },
          { name: "x", shift: 0.5, scale: 1, feature: 0 },
          { name: "x", shift: 0, scale: 1.5, feature: 0 },
        ],
        windows: 5,
      });
      for (const q of out.quiet) {
        n++;
        if (q.alarm) al++;
      }
      out.changed.forEach((c, i) =>
        c.forEach((j) => {
          if (j.found) ch[i]!++;
        }),
      );
      for (const e of Object.values(out.effects.byFeature)) {
        ev.push(e.value);
        own.push(e.own);
        dg.push(e.degrees);
      }
    }
    const q = (a: number[], p: number) =>
      a
        .slice()
        .sort((x, y) => x - y)
        [Math.floor(p * (a.length - 1))]!.toFixed(2);
    console.log(
      item,
      "FA",
      ((al / n) * 100).toFixed(1) + "%",
      "power",
      ch.map((c) => ((c / B / 5) * 100).toFixed(0)).join("/"),
      "deff own",
      q(own, 0.1),
      q(own, 0.5),
      q(own, 0.9),
      "value",
      q(ev, 0.1),
      q(ev, 0.5),
      q(ev, 0.9),
      "df",
      q(dg, 0.1),
      q(dg, 0.9),
      ((process.cpuUsage().user - t0) / 1e6).toFixed(1) + "s",
    );
  } else {
    let inc = 0;
    const al: number[] = [];
    let cal = 0;
    let e = 0;
    const dl: number[] = [];
    for (let b = 0; b < B; b++) {
      const o = countHourly(s, b + 100, {
        days: 30,
        budgetPerMs: 30 * 864e5,
        naive: false,
        change: { name: "x", shift: 0.5, scale: 1 },
      });
      inc += o.incidents;
      al.push(o.chance.alpha);
      cal += o.calibrationMs;
      e += o.chance.expected;
      dl.push(o.delay);
    }
    console.log(
      item,
      "incidents/30d",
      (inc / B / (29 / 30)).toFixed(2),
      "alpha",
      al
        .map((a) => a.toExponential(1))
        .slice(0, 6)
        .join(" "),
      "expected",
      (e / B).toFixed(2),
      "delay",
      dl.sort((a, b) => a - b)[B >> 1],
      "cal ms",
      (cal / B).toFixed(0),
      ((process.cpuUsage().user - t0) / 1e6).toFixed(1) + "s",
    );
  }
}
