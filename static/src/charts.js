// Charts from the table beside them: [data-chart] names the JSON, whose heads and rows are exactly what the table shows.
import { BarChart, LineChart, PieChart } from "echarts/charts";
import { AriaComponent, DatasetComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, LineChart, PieChart, AriaComponent, DatasetComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

const PALETTE = ["#2c6496", "#c8922b", "#2f7d5b", "#b31217", "#6b5b95", "#4f8a8b", "#8a6d3b", "#7b8794"];
const TONES = { ok: "#2f7d5b", warn: "#c8922b", bad: "#b31217", info: "#2c6496", mute: "#9aa5b1" };
const INK = "#1d2733";
const SOFT = "#566170";
const PAPER_WIDTH = 640;

function draw(element) {
  const chart = JSON.parse(document.getElementById(element.dataset.chart).textContent);
  const drawing = init(element, null, { renderer: "svg", locale: "ZH" });
  drawing.setOption({ ...common(chart, element), ...(chart.kind === "pie" ? pie(element) : axes(chart, element)) });
  element.setAttribute("role", "img");
  new ResizeObserver(() => drawing.resize()).observe(element);
  addEventListener("beforeprint", () => drawing.resize({ width: PAPER_WIDTH }));
  addEventListener("afterprint", () => drawing.resize({ width: "auto" }));
}

function common(chart, element) {
  return {
    animation: false,
    aria: { enabled: true, label: { description: description(chart) }, decal: { show: chart.kind !== "line" } },
    color: chart.tones ? chart.tones.map((tone) => TONES[tone]) : PALETTE,
    textStyle: { fontFamily: getComputedStyle(element).fontFamily, fontSize: 13, color: INK },
    legend: { show: chart.heads.length > 2, top: 0, textStyle: { color: INK, fontSize: 13 } },
    tooltip: { renderMode: "richText", trigger: chart.kind === "pie" ? "item" : "axis", confine: true, axisPointer: { type: "shadow" }, valueFormatter: (value) => written(value, chart.unit) },
    dataset: { source: [chart.heads, ...chart.rows] },
  };
}

function description(chart) {
  return `${chart.title}，共 ${chart.rows.length} 项：` + chart.rows.map((row) => `${row[0]} ${row.slice(1).join("、")}`).join("；");
}

function written(value, unit) {
  return value === null || value === undefined ? "—" : `${number(value)}${unit ? ` ${unit}` : ""}`;
}

function number(value) {
  return typeof value === "number" ? value.toLocaleString("zh-CN") : value;
}

// On a phone there is no room for names around the ring: they go below it.
function pie(element) {
  const narrow = element.clientWidth < 460;
  const label = ({ name, percent }) => (narrow ? `${percent.toFixed(1)}%` : `${name}\n${percent.toFixed(1)}%`);
  return {
    legend: { show: narrow, bottom: 0, textStyle: { color: INK, fontSize: 13 } },
    series: [{ type: "pie", radius: ["36%", "62%"], center: ["50%", narrow ? "40%" : "50%"], label: { color: INK, formatter: label } }],
  };
}

function axes(chart, element) {
  const names = { type: "category", axisTick: { show: false }, axisLine: { lineStyle: { color: "#8d97a4" } }, axisLabel: nameLabels(chart, element), inverse: Boolean(chart.horizontal) };
  const values = { type: "value", splitLine: { lineStyle: { color: "#e6eaee" } }, axisLabel: { color: SOFT, formatter: number } };
  return {
    grid: { left: 8, right: 16, top: chart.heads.length > 2 ? 40 : 24, bottom: 4, containLabel: true },
    xAxis: chart.horizontal ? values : names,
    yAxis: chart.horizontal ? names : values,
    series: chart.heads.slice(1).map((_, index) => series(chart, element, index)),
  };
}

function nameLabels(chart, element) {
  const crowded = !chart.horizontal && chart.kind === "bar" && element.clientWidth / chart.rows.length < 64;
  return { color: INK, rotate: crowded ? 40 : 0, interval: chart.kind === "bar" ? 0 : "auto" };
}

function series(chart, element, index) {
  const roomy = chart.heads.length === 2 && element.clientWidth / chart.rows.length > 44;
  return {
    type: chart.kind,
    name: chart.heads[index + 1],
    stack: chart.stacked ? "all" : undefined,
    barMaxWidth: 38,
    symbolSize: 7,
    encode: chart.horizontal ? { x: index + 1, y: 0 } : { x: 0, y: index + 1 },
    label: { show: roomy, position: chart.horizontal ? "right" : "top", color: INK, formatter: ({ value }) => number(value[index + 1]) },
  };
}

document.querySelectorAll("[data-chart]").forEach(draw);
