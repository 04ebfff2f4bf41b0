// What lies behind the lines of a chart: incidents shaded, silences hatched. Drawn by uPlot's hooks.

const HATCH_PX = 9;

/** Return the value of a colour of the page. */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Return the hook that paints spans: { from, to (seconds; null: open), kind: "incident" | "other" | "quiet" }. */
export function painting(spans) {
  return (plot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    for (const span of spans()) {
      const left = plot.valToPos(Math.max(span.from, plot.scales.x.min), "x", true);
      const right = plot.valToPos(Math.min(span.to ?? plot.scales.x.max, plot.scales.x.max), "x", true);
      if (right < bbox.left || left > bbox.left + bbox.width) continue;
      PAINTS[span.kind](ctx, bbox, left, Math.max(right - left, 2));
    }
    ctx.restore();
  };
}

const PAINTS = {
  incident(ctx, bbox, left, width) {
    ctx.fillStyle = colour("--shade");
    ctx.fillRect(left, bbox.top, width, bbox.height);
    ctx.fillStyle = colour("--bad");
    ctx.fillRect(left, bbox.top, width, 3 * devicePixelRatio);
  },
  other(ctx, bbox, left, width) {
    ctx.fillStyle = colour("--keep");
    ctx.fillRect(left, bbox.top, width, bbox.height);
    ctx.fillStyle = colour("--edge");
    ctx.fillRect(left, bbox.top, width, 2 * devicePixelRatio);
  },
  quiet(ctx, bbox, left, width) {
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, bbox.top, width, bbox.height);
    ctx.clip();
    ctx.strokeStyle = colour("--edge");
    ctx.globalAlpha = 0.45;
    ctx.lineWidth = devicePixelRatio;
    ctx.beginPath();
    const step = HATCH_PX * devicePixelRatio;
    const first = Math.floor((left - bbox.height) / step) * step;
    for (let at = first; at < left + width; at += step) {
      ctx.moveTo(at, bbox.top + bbox.height);
      ctx.lineTo(at + bbox.height, bbox.top);
    }
    ctx.stroke();
    ctx.restore();
  },
};
