// Strokes on paper. All lengths are shares of the paper's side, so that any canvas shows the same drawing.

const PAPER = "#ffffff";
const INK = "#000000";

/** A smooth line through points: each inner point bends the line towards it, and joints lie halfway. */
export function curves(points) {
  const joint = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const bends = points.slice(1, -1).map((point, i) => ({ control: point, end: joint(point, points[i + 2]) }));
  return [...bends, { control: points.at(-1), end: points.at(-1) }];
}

/** How wide a pen draws under a pressure of 0 to 1; half is the usual width. Mice and fingers press no pen. */
export function widthFactor(pointerType, pressure) {
  return pointerType === "pen" && pressure > 0 ? 0.6 + 0.8 * pressure : 1;
}

/** Paint strokes on a context of so many pixels a side. */
export function paint(context, strokes, sidePx) {
  context.fillStyle = PAPER;
  context.fillRect(0, 0, sidePx, sidePx);
  context.strokeStyle = INK;
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const stroke of strokes) {
    if (stroke.points.some(({ w }) => w !== undefined)) paintPressed(context, stroke, sidePx);
    else paintEven(context, stroke, sidePx);
  }
}

function paintEven(context, { points, width }, sidePx) {
  context.lineWidth = width * sidePx;
  context.beginPath();
  context.moveTo(points[0].x * sidePx, points[0].y * sidePx);
  for (const curve of curves(points)) bend(context, curve, sidePx);
  context.stroke();
}

/** Each piece in a width of its own; their round ends join without a step. */
function paintPressed(context, { points, width }, sidePx) {
  let from = points[0];
  curves(points).forEach((curve, i) => {
    context.lineWidth = width * (points[Math.min(i + 1, points.length - 1)].w ?? 1) * sidePx;
    context.beginPath();
    context.moveTo(from.x * sidePx, from.y * sidePx);
    bend(context, curve, sidePx);
    context.stroke();
    from = curve.end;
  });
}

function bend(context, { control, end }, sidePx) {
  context.quadraticCurveTo(control.x * sidePx, control.y * sidePx, end.x * sidePx, end.y * sidePx);
}
