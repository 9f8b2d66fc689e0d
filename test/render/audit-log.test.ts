import { expect, test } from "@jest/globals";
import { recordsTable } from "../../src/render/audit-log.ts";

test.each([
  ["", "not committed"],
  ["abc1234", "commit: abc1234"],
])("a policy of the commit %j is shown as %j", (commit, shown) => {
  const text = recordsTable([
    {
      ...{ seq: 1, actor: { kind: "person", id: "ada" }, at: new Date("2026-01-02T03:04:05Z"), kind: "policy applied" },
      ...{ subject: "s", payload: JSON.stringify({ model: "churn", commit }), previousHash: "", hash: "" },
    },
  ]);
  expect(text).toContain(`churn; ${shown}`);
});
