// Plots as SVG, drawn at the width that they have on screen.

const SVG = "http://www.w3.org/2000/svg";

export function shape(parent, tag, attributes, content = "") {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (content) node.textContent = content;
  parent.append(node);
  return node;
}

// draw(svg, width) again whenever the plot's place changes its width; returns a function that draws at once.
export function plot(place, height, draw) {
  const svg = shape(place, "svg", { role: "img", height, width: "100%" });
  const redraw = () => {
    const width = place.clientWidth;
    if (!width) return;
    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("aria-label", draw(svg, width));
  };
  new ResizeObserver(redraw).observe(place);
  return redraw;
}

export const path = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
