// Compiles scripts/kernels.ts (AssemblyScript) to src/adapters/duckdb/kernels-binary.ts, or with --print to the standard
// output: a test looks whether that file is stale.
import { writeFileSync } from "node:fs";
import asc from "assemblyscript/asc";

const options = ["-O3", "--runtime", "stub", "--noAssert", "--enable", "nontrapping-f2i"];

let binary = new Uint8Array();
const { error, stderr } = await asc.main(["scripts/kernels.ts", "-o", "kernels.wasm", ...options], {
  writeFile: (_, contents) => {
    binary = contents;
  },
});
if (error !== null) throw new Error(stderr.toString(), { cause: error });

const lines = Buffer.from(binary)
  .toString("base64")
  .match(/.{1,110}/g);
const text = `/** WebAssembly in base64, made from scripts/kernels.ts by \`npm run kernels\`. */
export const kernelsBinary = [
${lines.map((line) => `  "${line}",\n`).join("")}].join("");
`;
if (process.argv.includes("--print")) process.stdout.write(text);
else writeFileSync("src/adapters/duckdb/kernels-binary.ts", text);
