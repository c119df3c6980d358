/** A round number not below the highest value, so that the axis has readable marks. */
export function niceMax(highest: number): number {
  if (highest <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= highest) ?? 10;
  return step * power;
}

/** Pieces of a line: where nothing is known the line has a gap. */
export function piecesOf<T>(points: readonly T[], isKnown: (point: T) => boolean): T[][] {
  const pieces: T[][] = [];
  let piece: T[] | undefined;
  for (const point of points) {
    if (!isKnown(point)) piece = undefined;
    else if (piece === undefined) pieces.push((piece = [point]));
    else piece.push(point);
  }
  return pieces;
}
