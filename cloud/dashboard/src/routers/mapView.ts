/**
 * Where things are on the map: Web Mercator (EPSG:3857) as all tile servers cut it, the part of the world that is seen, and points that
 * are too close together as one. Pure. A world at zoom z is 256·2^z pixels wide; `x` grows east, `y` south.
 */

export interface Place {
  latitude: number;
  longitude: number;
}
/** What is seen: its centre and zoom; fractions of a zoom are allowed. */
export interface View extends Place {
  zoom: number;
}
export interface Size {
  width: number;
  height: number;
}
export interface Pixel {
  x: number;
  y: number;
}

const TILE = 256;
/** Where Web Mercator ends: the world is as high as it is wide. */
const MOST_LATITUDE = 85.0511;
export const LEAST_ZOOM = 0;
export const MOST_ZOOM = 19;
/** One place alone is shown with the streets around it. */
const ZOOM_OF_ONE = 15;
const MARGIN = 64;
export const WORLD: View = { latitude: 20, longitude: 0, zoom: 1 };

/** Where a place is in the world at a zoom, in pixels from the north-western corner. */
export function worldOf({ latitude, longitude }: Place, zoom: number): Pixel {
  const size = TILE * 2 ** zoom;
  const sine = Math.sin((Math.max(-MOST_LATITUDE, Math.min(MOST_LATITUDE, latitude)) * Math.PI) / 180);
  return { x: ((longitude + 180) / 360) * size, y: (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * size };
}

/** The place at a pixel of the world. */
export function placeOf({ x, y }: Pixel, zoom: number): Place {
  const size = TILE * 2 ** zoom;
  const north = Math.PI * (1 - (2 * y) / size);
  const longitude = ((((x / size) * 360 - 180 + 180) % 360) + 360) % 360;
  return { latitude: (Math.atan(Math.sinh(north)) * 180) / Math.PI, longitude: longitude - 180 };
}

/** Where a place is on the screen: by the nearer way around the world. */
export function screenOf(place: Place, view: View, size: Size): Pixel {
  const world = TILE * 2 ** view.zoom;
  const centre = worldOf(view, view.zoom);
  const at = worldOf(place, view.zoom);
  const dx = ((((at.x - centre.x + world / 2) % world) + world) % world) - world / 2;
  return { x: size.width / 2 + dx, y: size.height / 2 + at.y - centre.y };
}

/** The place at a point of the screen. */
export function placeAt(point: Pixel, view: View, size: Size): Place {
  const centre = worldOf(view, view.zoom);
  return placeOf({ x: centre.x + point.x - size.width / 2, y: centre.y + point.y - size.height / 2 }, view.zoom);
}

function within(view: View): View {
  const zoom = Math.max(LEAST_ZOOM, Math.min(MOST_ZOOM, view.zoom));
  return { zoom, longitude: view.longitude, latitude: Math.max(-MOST_LATITUDE, Math.min(MOST_LATITUDE, view.latitude)) };
}

/** The view after the map was pulled by so many pixels. */
export function panned(view: View, dx: number, dy: number): View {
  const centre = worldOf(view, view.zoom);
  return within({ ...placeOf({ x: centre.x - dx, y: centre.y - dy }, view.zoom), zoom: view.zoom });
}

/** Nearer or farther by so many zooms, with what is under `point` staying there. */
export function zoomed(view: View, by: number, point: Pixel, size: Size): View {
  const zoom = Math.max(LEAST_ZOOM, Math.min(MOST_ZOOM, view.zoom + by));
  const held = worldOf(placeAt(point, view, size), zoom);
  const centre = { x: held.x - point.x + size.width / 2, y: held.y - point.y + size.height / 2 };
  return within({ ...placeOf(centre, zoom), zoom });
}

/** The nearest view in which all of these are seen; the world where there are none. Does not look across the date line. */
export function viewOf(places: readonly Place[], size: Size): View {
  if (places.length === 0) return WORLD;
  const at = places.map((place) => worldOf(place, 0));
  const [west, east] = [Math.min(...at.map(({ x }) => x)), Math.max(...at.map(({ x }) => x))];
  const [north, south] = [Math.min(...at.map(({ y }) => y)), Math.max(...at.map(({ y }) => y))];
  const fits = (room: number, needed: number) => Math.log2(Math.max(room - 2 * MARGIN, 1) / Math.max(needed, 1e-9));
  const zoom = Math.min(fits(size.width, east - west), fits(size.height, south - north), ZOOM_OF_ONE);
  return within({ ...placeOf({ x: (west + east) / 2, y: (north + south) / 2 }, 0), zoom: Math.max(zoom, LEAST_ZOOM) });
}

export interface Cluster<T> {
  at: Pixel;
  members: T[];
}

/** What is seen, those in one square of `cell` pixels as one; squares stay where they are in the world while the map moves. */
export function clustersOf<T extends Place>(items: readonly T[], view: View, size: Size, cell = 44): Cluster<T>[] {
  const found = new Map<string, { x: number; y: number; members: T[] }>();
  for (const item of items) {
    const { x, y } = screenOf(item, view, size);
    if (x < -cell || y < -cell || x > size.width + cell || y > size.height + cell) continue;
    const world = worldOf(item, view.zoom);
    const key = `${Math.floor(world.x / cell)} ${Math.floor(world.y / cell)}`;
    const known = found.get(key) ?? { x: 0, y: 0, members: [] };
    found.set(key, { x: known.x + x, y: known.y + y, members: [...known.members, item] });
  }
  return [...found.values()].map(({ x, y, members }) => ({ at: { x: x / members.length, y: y / members.length }, members }));
}

const STEPS = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001] as const;
const FARTHEST_APART = 160;

/** Degrees between two lines of the graticule, so that they stand some 80 to 200 pixels apart. */
export function graticuleStep(zoom: number): number {
  const pixels = (TILE * 2 ** zoom) / 360;
  return STEPS.find((step) => step * pixels <= FARTHEST_APART) ?? STEPS[STEPS.length - 1] ?? 1;
}

/** The degrees of lines that are seen: meridians by their x, parallels by their y. */
export function graticuleOf(view: View, size: Size): { meridians: [number, number][]; parallels: [number, number][] } {
  const step = graticuleStep(view.zoom);
  const north = placeAt({ x: 0, y: 0 }, view, size).latitude;
  const south = placeAt({ x: 0, y: size.height }, view, size).latitude;
  const perDegree = (TILE * 2 ** view.zoom) / 360;
  const half = Math.min(size.width / 2 / perDegree, 180);
  const lines = (from: number, to: number): number[] => {
    const first = Math.ceil(from / step);
    return Array.from({ length: Math.max(Math.floor(to / step) - first + 1, 0) }, (_, index) => Number(((first + index) * step).toFixed(4)));
  };
  return {
    meridians: lines(view.longitude - half, view.longitude + half).map((degree) => [degree, size.width / 2 + (degree - view.longitude) * perDegree]),
    parallels: lines(south, north).map((degree) => [degree, screenOf({ latitude: degree, longitude: view.longitude }, view, size).y]),
  };
}

/** A view as it stands in an address: "48.2037,16.3689,15". */
export function textOf({ latitude, longitude, zoom }: View): string {
  return `${latitude.toFixed(5)},${longitude.toFixed(5)},${zoom.toFixed(1)}`;
}

/** The view an address says; null where it says none. */
export function viewFrom(text: string | null): View | null {
  const [latitude, longitude, zoom] = (text ?? "").split(",").map((each) => (each.trim() === "" ? Number.NaN : Number(each)));
  if (latitude === undefined || longitude === undefined || zoom === undefined) return null;
  if (![latitude, longitude, zoom].every(Number.isFinite) || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
  return within({ latitude, longitude, zoom });
}

/** What somebody typed or pasted as a place, "48.2037, 16.3689"; null where it is none. */
export function placeFrom(text: string): Place | null {
  const match = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text);
  const [latitude, longitude] = [Number(match?.[1]), Number(match?.[2])];
  return match && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : null;
}

export interface Tile {
  z: number;
  x: number;
  y: number;
  /** Counted on around the world, so that one tile may be there twice. */
  column: number;
  left: number;
  top: number;
  edge: number;
}

/** The tiles that cover what is seen, and where each lies on the screen. */
export function tilesOf(view: View, size: Size): Tile[] {
  const z = Math.max(0, Math.min(MOST_ZOOM, Math.round(view.zoom)));
  const edge = TILE * 2 ** (view.zoom - z);
  const count = 2 ** z;
  const centre = worldOf(view, view.zoom);
  const origin = { x: centre.x - size.width / 2, y: centre.y - size.height / 2 };
  const columns = [Math.floor(origin.x / edge), Math.floor((origin.x + size.width) / edge)] as const;
  const rows = [Math.max(Math.floor(origin.y / edge), 0), Math.min(Math.floor((origin.y + size.height) / edge), count - 1)] as const;
  const found: Tile[] = [];
  for (let column = columns[0]; column <= columns[1]; column += 1) {
    for (let y = rows[0]; y <= rows[1]; y += 1) {
      found.push({ z, x: ((column % count) + count) % count, y, column, left: column * edge - origin.x, top: y * edge - origin.y, edge });
    }
  }
  return found;
}

/** A tile's address by a template such as "https://tiles.example.com/{z}/{x}/{y}.png". */
export function tileAddress(template: string, { z, x, y }: Pick<Tile, "z" | "x" | "y">): string {
  return template.replace("{z}", String(z)).replace("{x}", String(x)).replace("{y}", String(y));
}
