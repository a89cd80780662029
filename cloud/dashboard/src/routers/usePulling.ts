/** A map that is pulled with one pointer, zoomed with two fingers or the wheel. What was pulled is not clicked. */
import { type MouseEvent, type PointerEvent, type RefObject, useEffect, useRef } from "react";

import { panned, type Pixel, type Size, type View, zoomed } from "./mapView";

type Move = (change: (known: View) => View) => void;

const PULLED_PX = 4;
const PIXELS_PER_ZOOM = 240;

function spread([one, other]: Pixel[]): number {
  return one && other ? Math.hypot(one.x - other.x, one.y - other.y) : 0;
}

function middle(points: Pixel[]): Pixel {
  const sum = points.reduce((all, each) => ({ x: all.x + each.x, y: all.y + each.y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}

export function usePulling(box: RefObject<HTMLDivElement | null>, size: Size, move: Move) {
  const pressed = useRef(new Map<number, Pixel>());
  const pulledPx = useRef(0);
  const latest = useRef({ move, size });
  useEffect(() => {
    latest.current = { move, size };
  });
  useEffect(() => {
    const place = box.current;
    if (place === null) return undefined;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const bounds = place.getBoundingClientRect();
      const point = { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      latest.current.move((known) => zoomed(known, (-event.deltaY * lines) / PIXELS_PER_ZOOM, point, latest.current.size));
    };
    // React listens passively, and the page would scroll.
    place.addEventListener("wheel", onWheel, { passive: false });
    return () => place.removeEventListener("wheel", onWheel);
  }, [box]);
  const pointOf = (event: PointerEvent): Pixel => {
    const bounds = box.current?.getBoundingClientRect();
    return { x: event.clientX - (bounds?.left ?? 0), y: event.clientY - (bounds?.top ?? 0) };
  };
  const onPointerDown = (event: PointerEvent) => {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    if (pressed.current.size === 0) pulledPx.current = 0;
    pressed.current.set(event.pointerId, pointOf(event));
  };
  const onPointerMove = (event: PointerEvent) => {
    const from = pressed.current.get(event.pointerId);
    if (from === undefined) return;
    const before = [...pressed.current.values()];
    const to = pointOf(event);
    pressed.current.set(event.pointerId, to);
    pulledPx.current += Math.hypot(to.x - from.x, to.y - from.y);
    if (pulledPx.current < PULLED_PX) return;
    box.current?.setPointerCapture(event.pointerId);
    const after = [...pressed.current.values()];
    const [was, is] = [middle(before), middle(after)];
    const by = after.length > 1 ? Math.log2(Math.max(spread(after), 1) / Math.max(spread(before), 1)) : 0;
    move((known) => panned(zoomed(known, by, was, size), is.x - was.x, is.y - was.y));
  };
  const onPointerUp = (event: PointerEvent) => {
    pressed.current.delete(event.pointerId);
  };
  const onClickCapture = (event: MouseEvent) => {
    if (pulledPx.current < PULLED_PX) return;
    pulledPx.current = 0;
    event.stopPropagation();
    event.preventDefault();
  };
  return { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp, onClickCapture };
}
