"use strict";
// Draws each figure for the width and the colours at hand; nothing leaves this page.
(() => {
  const NARROW = 560;
  const PRINT_WIDTH = 660;
  const report = JSON.parse(document.getElementById("report-data").textContent);
  const darkness = window.matchMedia("(prefers-color-scheme: dark)");
  const drawn = new Map();

  const merge = (base, patch) => {
    const merged = { ...base };
    for (const [key, value] of Object.entries(patch)) {
      const both = (thing) => thing && typeof thing === "object" && !Array.isArray(thing);
      merged[key] = both(value) && both(base[key]) ? merge(base[key], value) : value;
    }
    return merged;
  };

  const draw = (node, width, theme) => {
    const figure = report.figures[Number(node.dataset.figure)];
    const state = `${Math.round(width)} ${theme}`;
    if (!figure || width < 1 || drawn.get(node) === state) return;
    drawn.set(node, state);
    const layout = merge(figure.layout, width < NARROW ? figure.narrow : {});
    node.style.height = `${layout.height}px`;
    layout.width = width;
    layout.template = report.templates[theme];
    window.Plotly.react(node, structuredClone(figure.data), layout, {
      displayModeBar: false,
      responsive: false,
    });
  };

  const nodes = [...document.querySelectorAll("[data-figure]")];
  const drawAll = () => {
    for (const node of nodes) draw(node, node.clientWidth, darkness.matches ? "dark" : "light");
  };

  let waiting = 0;
  const redrawSoon = () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(drawAll);
  };

  drawAll();
  new ResizeObserver(redrawSoon).observe(document.querySelector("main"));
  darkness.addEventListener("change", redrawSoon);
  const folds = [...document.querySelectorAll("details")];
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = folds.filter((fold) => !fold.open);
    for (const fold of closed) fold.open = true;
    for (const node of nodes) draw(node, PRINT_WIDTH, "light");
  });
  window.addEventListener("afterprint", () => {
    for (const fold of closed) fold.open = false;
    drawAll();
  });
})();
