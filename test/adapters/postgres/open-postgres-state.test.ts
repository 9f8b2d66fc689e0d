import { describeState } from "../../conformance/state.ts";
import { openTestState } from "../../support/open-test-state.ts";

describeState("embedded PostgreSQL", () => openTestState());

const url = process.env.DATABASE_URL;
if (url !== undefined && url !== "")
  describeState("the PostgreSQL of DATABASE_URL", () => openTestState({ connection: url }));
