export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** One direction of replication, drawn beside the other one. */
export interface LinkLine {
  readonly from: number;
  readonly to: number;
  readonly start: Point;
  readonly end: Point;
  readonly label: Point;
}

const GAP = 7;
const LABEL_GAP = 18;

/** Centres of the nodes on an ellipse, the first on top. */
export function placeNodes(nodes: readonly number[], area: Size, card: Size): Map<number, Point> {
  const radiusX = (area.width - card.width) / 2;
  const radiusY = (area.height - card.height) / 2;
  const places = nodes.map((_, index): Point => {
    const angle = (2 * Math.PI * index) / nodes.length - Math.PI / 2;
    return { x: Math.cos(angle), y: Math.sin(angle) };
  });
  // Stretched to the whole area: a triangle on a circle would leave its bottom empty.
  const fit = (values: number[], radius: number, middle: number) => {
    const low = Math.min(...values);
    const high = Math.max(...values);
    const span = high - low;
    return (value: number) =>
      span < 0.01 ? middle : middle - radius + (2 * radius * (value - low)) / span;
  };
  const toX = fit(
    places.map(({ x }) => x),
    radiusX,
    area.width / 2,
  );
  const toY = fit(
    places.map(({ y }) => y),
    radiusY,
    area.height / 2,
  );
  return new Map(nodes.map((node, n) => [node, { x: toX(places[n]!.x), y: toY(places[n]!.y) }]));
}

/** Both directions between every two nodes, from card to card. */
export function placeLinks(places: ReadonlyMap<number, Point>, card: Size): LinkLine[] {
  const nodes = [...places.keys()];
  return nodes.flatMap((from) =>
    nodes
      .filter((to) => to !== from)
      .map((to) => lineBetween(from, to, places.get(from)!, places.get(to)!, card)),
  );
}

function lineBetween(from: number, to: number, a: Point, b: Point, card: Size): LinkLine {
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  const along = { x: (b.x - a.x) / length, y: (b.y - a.y) / length };
  // To the right of the way, so that the two directions do not meet.
  const aside = { x: -along.y, y: along.x };
  const shift = ({ x, y }: Point, by: number): Point => ({
    x: x + aside.x * by,
    y: y + aside.y * by,
  });
  const out = exitDistance(along, card) + 8;
  const start = { x: a.x + along.x * out, y: a.y + along.y * out };
  const end = { x: b.x - along.x * out, y: b.y - along.y * out };
  const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
  // Lower down there is more room between the lines of a triangle.
  const lower = (end.y > start.y ? 0.14 : -0.14) * (Math.abs(end.y - start.y) > 40 ? 1 : 0);
  const anchor = {
    x: middle.x + (end.x - start.x) * lower,
    y: middle.y + (end.y - start.y) * lower,
  };
  // Text is wider than high: it needs more room beside an upright line.
  const labelGap = GAP + 11 + LABEL_GAP * Math.abs(aside.x);
  return {
    from,
    to,
    start: shift(start, GAP),
    end: shift(end, GAP),
    label: shift(anchor, labelGap),
  };
}

/** From a card's centre to its edge. */
function exitDistance(along: Point, { width, height }: Size): number {
  return Math.min(
    width / 2 / Math.max(Math.abs(along.x), 1e-6),
    height / 2 / Math.max(Math.abs(along.y), 1e-6),
  );
}
