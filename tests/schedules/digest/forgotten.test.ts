import { expect, it } from "vitest";
import { openItems } from "../../../src/schedules/digest/items.ts";
import { draft, openStage } from "../stage.ts";

it("nothing of a schedule's digests is kept once it is deleted", async () => {
  const stage = await openStage("2026-11-20T08:00:00Z");
  try {
    const { id } = await stage.schedules.create(draft());
    const items = await openItems(stage.query);
    const past = { items: [], marks: [], postedAt: 5 };
    await items.settle(id, { past, until: 5 });
    expect(await items.past(id)).toEqual(past);
    await stage.schedules.delete(id);
    expect(await items.past(id)).toEqual({ items: [], marks: [] });
  } finally {
    await stage.close();
  }
});
