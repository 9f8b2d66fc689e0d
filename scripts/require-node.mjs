// Said before anything is installed: an older Node would fail later, in other words.
import { readFileSync } from "node:fs";

const { engines } = JSON.parse(readFileSync("package.json", "utf8"));
const wanted = engines.node.replace(">=", "");
const [major, minor] = wanted.split(".").map(Number);
const [ownMajor, ownMinor] = process.versions.node.split(".").map(Number);
if (ownMajor < major || (ownMajor === major && ownMinor < minor)) {
  console.error(`expected Node ${wanted} or newer, got ${process.versions.node}: install it, and run this again`);
  process.exit(1);
}
