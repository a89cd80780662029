import { describe, expect, it } from "vitest";

import { clustersOf, graticuleOf, graticuleStep, panned, placeAt, placeFrom, screenOf, textOf, viewFrom, viewOf, WORLD, worldOf, zoomed } from "./mapView";

const VIENNA = { latitude: 48.2082, longitude: 16.3738 };
const SIZE = { width: 800, height: 600 };

describe("a place on the map", () => {
  it("is where tile servers have it", () => {
    // The tile of Vienna at zoom 12, as OpenStreetMap numbers it.
    const { x, y } = worldOf(VIENNA, 12);
    expect([Math.floor(x / 256), Math.floor(y / 256)]).toEqual([2234, 1420]);
    expect(worldOf({ latitude: 0, longitude: 0 }, 0)).toEqual({ x: 128, y: 128 });
  });

  it("comes back from the screen", () => {
    const view = { ...VIENNA, zoom: 14 };
    const there = placeAt({ x: 130, y: 470 }, view, SIZE);
    const { x, y } = screenOf(there, view, SIZE);
    expect([x, y].map(Math.round)).toEqual([130, 470]);
  });

  it("is found the nearer way around the world", () => {
    const view = { latitude: 0, longitude: 179, zoom: 4 };
    expect(screenOf({ latitude: 0, longitude: -179 }, view, SIZE).x).toBeGreaterThan(400);
  });
});

describe("the view", () => {
  it("stays under the pointer when zoomed, and follows a pull", () => {
    const view = { ...VIENNA, zoom: 10 };
    const point = { x: 200, y: 100 };
    const before = placeAt(point, view, SIZE);
    const after = placeAt(point, zoomed(view, 2, point, SIZE), SIZE);
    expect(after.latitude).toBeCloseTo(before.latitude, 6);
    expect(after.longitude).toBeCloseTo(before.longitude, 6);
    const pulled = screenOf(VIENNA, panned(view, 50, -20), SIZE);
    expect([pulled.x, pulled.y].map(Math.round)).toEqual([450, 280]);
  });

  it("shows all places, streets around one, the world for none", () => {
    expect(viewOf([], SIZE)).toEqual(WORLD);
    expect(viewOf([VIENNA], SIZE).zoom).toBe(15);
    const places = [VIENNA, { latitude: 47.0707, longitude: 15.4395 }, { latitude: 47.8095, longitude: 13.055 }];
    const view = viewOf(places, SIZE);
    for (const place of places) {
      const { x, y } = screenOf(place, view, SIZE);
      expect(x >= 0 && x <= 800 && y >= 0 && y <= 600).toBe(true);
    }
  });

  it("survives the address, and what is no view is none", () => {
    expect(viewFrom(textOf({ ...VIENNA, zoom: 13 }))).toEqual({ ...VIENNA, zoom: 13 });
    expect([null, "", "1,2", "91,0,3", "a,b,c", ",,"].map(viewFrom)).toEqual([null, null, null, null, null, null]);
  });
});

it("takes routers too close together as one, and leaves out what is not seen", () => {
  const near = { latitude: 48.2083, longitude: 16.3739 };
  const far = { latitude: 40.4, longitude: -3.7 };
  const seen = clustersOf([VIENNA, near, far], { ...VIENNA, zoom: 8 }, SIZE);
  expect(seen.map((each) => each.members.length)).toEqual([2]);
  expect(clustersOf([VIENNA, near], { ...VIENNA, zoom: 19 }, SIZE)).toHaveLength(2);
});

it("draws lines at round degrees, neither crowded nor lost", () => {
  for (const zoom of [1, 4, 8, 12, 16]) {
    const { meridians, parallels } = graticuleOf({ ...VIENNA, zoom }, SIZE);
    expect(meridians.length).toBeGreaterThan(1);
    expect(meridians.length).toBeLessThan(30);
    expect(parallels.length).toBeLessThan(40);
  }
  expect([graticuleStep(3), graticuleStep(15)]).toEqual([10, 0.005]);
});

it("reads a place as people paste it", () => {
  expect(placeFrom(" 48.2082, 16.3738 ")).toEqual(VIENNA);
  expect(placeFrom("-33.9 18.4")).toEqual({ latitude: -33.9, longitude: 18.4 });
  expect(["", "north", "91, 0", "1, 181"].map(placeFrom)).toEqual([null, null, null, null]);
});
