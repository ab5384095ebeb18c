// The running profit as a line.

import { shownDay } from "./days.js";
import { shownCompact, shownMoney } from "./figures.js";

const namespace = "http://www.w3.org/2000/svg";
const height = 240;
const margin = { left: 60, right: 8, top: 10, bottom: 26 };
const widthMin = 280;

/** Draws points of `{date, cumulative_pnl}` into a figure. */
export function drawCurve(place, points, quote) {
  const values = points.map((point) => Number(point.cumulative_pnl));
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const span = high - low || 1;
  // As wide as it will stand, so that its words are as large as others.
  const width = Math.max(widthMin, place.parentElement.clientWidth - 40);
  const right = width - margin.right;
  const x = (index) => margin.left + ((right - margin.left) * (index + 1)) / points.length;
  const y = (value) => margin.top + ((height - margin.top - margin.bottom) * (high - value)) / span;
  const steps = values.map((value, index) => `L${x(index).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  const line = `M${margin.left} ${y(0).toFixed(1)}${steps}`;
  const last = points[points.length - 1];

  const picture = part("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
  const title = part("title", {});
  title.textContent = `From zero to ${shownMoney(last.cumulative_pnl)} ${quote} in ${points.length} steps, `
    + `between ${shownCompact(low)} and ${shownCompact(high)}`;
  picture.append(title);
  for (const value of new Set([low, 0, high])) {
    picture.append(
      part("line", { x1: margin.left, x2: right, y1: y(value), y2: y(value), class: "curve-zero" }),
      text(shownCompact(value), { x: margin.left - 8, y: y(value) + 4, "text-anchor": "end" }));
  }
  picture.append(
    part("path", { d: `${line}L${x(points.length - 1).toFixed(1)} ${y(0).toFixed(1)}Z`, class: "curve-area" }),
    part("path", { d: line, class: "curve-line" }),
    text(shownDay(points[0].date), { x: margin.left, y: height - 6 }),
    text(shownDay(last.date), { x: right, y: height - 6, "text-anchor": "end" }));
  place.replaceChildren(picture);
}

function text(words, attributes) {
  const found = part("text", { ...attributes, class: "curve-text" });
  found.textContent = words;
  return found;
}

function part(name, attributes) {
  const found = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) found.setAttribute(key, value);
  return found;
}
