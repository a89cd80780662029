import { describe, expect, it } from "vitest";

import { differences } from "./assignments";
import { conditionOf } from "./condition";
import { isUnderWay, toneOfEnding } from "./proof";
import { filesOf } from "./vouchers";

const NOW = Date.parse("2026-07-01T12:00:00Z");
const free = { disabled_at: null, valid_from: null, valid_until: null };

describe("a guest", () => {
  it("may log in between the two instants, unless disabled", () => {
    expect(conditionOf(free, NOW)).toBe("valid");
    expect(conditionOf({ ...free, valid_from: "2026-07-01T12:00:01Z" }, NOW)).toBe("not_yet");
    expect(conditionOf({ ...free, valid_until: "2026-07-01T12:00:00Z" }, NOW)).toBe("ended");
    expect(conditionOf({ ...free, disabled_at: "2026-07-01T00:00:00Z", valid_until: "2026-06-01T00:00:00Z" }, NOW)).toBe("disabled");
  });
});

describe("the end of a session", () => {
  it("is under way until it is proved, whatever the router promised", () => {
    for (const state of ["pending", "sent", "acknowledged", "refused", "unreachable"]) {
      expect(isUnderWay({ state })).toBe(true);
      expect(toneOfEnding(state)).not.toBe("good");
    }
    expect(isUnderWay({ state: "proved" })).toBe(false);
    expect(toneOfEnding("proved")).toBe("good");
    expect(isUnderWay(null)).toBe(false);
  });
});

describe("changes of an assignment", () => {
  it("hold only what differs; an emptied field lifts the limit", () => {
    const previous = { valid_until: "2026-08-01T00:00:00.000Z", quota_bytes: 5, note: "" };
    const values = { valid_until: new Date("2026-08-01T00:00:00Z"), quota_bytes: "", note: "" };
    expect(differences(values, previous, ["valid_until", "quota_bytes", "note"])).toEqual({ quota_bytes: null });
  });
});

describe("paper", () => {
  it("comes in files of 420", () => {
    expect(filesOf(420)).toEqual([1]);
    expect(filesOf(421)).toEqual([1, 421]);
  });
});
