// A day of one direction as a line as high as a word. What was not measured is a gap, shaded so that it is seen to be one.

const DIGITS = "0123456789abcdefghijklmnopqrstuv";
const SIZE = { width: 104, height: 26 };
const INSET = 3;

const LEVELS = new Int8Array(128).fill(-1);
[...DIGITS].forEach((digit, level) => { LEVELS[digit.charCodeAt(0)] = level; });

let colours = null;

/** The colours of the page, read once for each theme. */
function chosen() {
  if (!colours) {
    const style = getComputedStyle(document.documentElement);
    const of = (name) => style.getPropertyValue(name).trim();
    colours = { rx: of("--rx"), tx: of("--tx"), rxBand: of("--band"), txBand: of("--band-tx"), gap: of("--keep") };
  }
  return colours;
}

/** Forget the colours: the next lines are drawn in those of the page as it is then. */
export function recoloured() {
  colours = null;
}

/** Return a canvas for a line; its numbers are beside it in words. */
export function spark() {
  const canvas = document.createElement("canvas");
  canvas.className = "spark";
  canvas.setAttribute("aria-hidden", "true");
  return canvas;
}

/** Draw a line of letters, of direction `way` (rx or tx), unless it is what the canvas shows. */
export function draw(canvas, line, way) {
  const ratio = devicePixelRatio || 1;
  const { [way]: stroke, [`${way}Band`]: fill, gap } = chosen();
  const shown = `${line}|${stroke}|${ratio}`;
  if (canvas.shown === shown) return;
  canvas.shown = shown;
  const context = canvas.getContext("2d");
  const [width, height] = [Math.round(SIZE.width * ratio), Math.round(SIZE.height * ratio)];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, SIZE.width, SIZE.height);
  const step = SIZE.width / (line.length || 1);
  const y = (level) => SIZE.height - INSET / 2 - (level / (DIGITS.length - 1)) * (SIZE.height - INSET);
  context.fillStyle = gap;
  for (const [from, to] of runs(line, false)) context.fillRect(from * step, 0, (to - from) * step, SIZE.height);
  for (const [from, to] of runs(line, true)) {
    const path = new Path2D();
    path.moveTo(from * step, y(LEVELS[line.charCodeAt(from)]));
    for (let at = from; at < to; at += 1) path.lineTo((at + 0.5) * step, y(LEVELS[line.charCodeAt(at)]));
    path.lineTo(to * step, y(LEVELS[line.charCodeAt(to - 1)]));
    const area = new Path2D(path);
    area.lineTo(to * step, SIZE.height);
    area.lineTo(from * step, SIZE.height);
    context.fillStyle = fill;
    context.fill(area);
    context.strokeStyle = stroke;
    context.lineWidth = 1.4;
    context.lineJoin = "round";
    context.stroke(path);
  }
}

/** Return from where to where (not included) a line was measured, or was not. */
export function runs(line, measured) {
  const found = [];
  let from = -1;
  for (let at = 0; at <= line.length; at += 1) {
    const is = at < line.length && (LEVELS[line.charCodeAt(at)] >= 0) === measured;
    if (is && from < 0) from = at;
    if (!is && from >= 0) { found.push([from, at]); from = -1; }
  }
  return found;
}
