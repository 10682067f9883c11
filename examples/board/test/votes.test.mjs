import assert from "node:assert/strict";
import test from "node:test";
import { Votes } from "../votes.mjs";

test("the most votes come first", () => {
  const votes = new Votes();
  ["tea", "coffee", "tea"].forEach((subject) => votes.add(subject));
  assert.deepEqual(votes.table(), [["tea", 2], ["coffee", 1]]);
});

test("what is no word cannot be voted for", () => {
  assert.throws(() => new Votes().add("<b>"), RangeError);
});
