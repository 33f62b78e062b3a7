// Draws each canvas[data-chart] from the data in #charts (dashboard/statistics/charts.py). The
// same figures stand in a table beside it. Colours are tokens, so both themes have their own.
import { BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, Tooltip } from "chart.js";

Chart.register(BarController, BarElement, CategoryScale, Legend, LinearScale, Tooltip);

const data = JSON.parse(document.getElementById("charts")?.textContent ?? "{}");
const dark = matchMedia("(prefers-color-scheme: dark)");
const still = matchMedia("(prefers-reduced-motion: reduce)");

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--color-${name}`).trim();

function draw(canvas) {
  const { labels, unit, series } = data[canvas.dataset.chart];
  const withUnit = (value) => (unit ? `${value} ${unit}` : `${value}`);
  const scale = { ticks: { color: token("ink-3") }, border: { display: false } };
  return new Chart(canvas, {
    type: "bar",
    data: {
      labels,
      datasets: series.map(({ label, color, values }) => ({
        label,
        data: values,
        backgroundColor: token(color),
        borderRadius: 3,
        maxBarThickness: 36,
      })),
    },
    options: {
      animation: still.matches ? false : { duration: 300 },
      maintainAspectRatio: false,
      locale: document.documentElement.lang,
      font: { family: getComputedStyle(document.body).fontFamily },
      scales: {
        x: { ...scale, stacked: true, grid: { display: false } },
        y: {
          ...scale,
          stacked: true,
          beginAtZero: true,
          grid: { color: token("line") },
          ticks: { ...scale.ticks, precision: 0, callback: withUnit },
        },
      },
      plugins: {
        legend: {
          display: series.length > 1,
          position: "bottom",
          labels: { color: token("ink-2"), boxWidth: 12, boxHeight: 12 },
        },
        tooltip: {
          callbacks: { label: (item) => `${item.dataset.label} : ${withUnit(item.formattedValue)}` },
        },
      },
    },
  });
}

let charts = [];

function drawAll() {
  for (const chart of charts) chart.destroy();
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  charts = [...document.querySelectorAll("canvas[data-chart]")].map(draw);
}

drawAll();
dark.addEventListener("change", drawAll);
