// The client's chart: assets as a line, net flow as bars, trades and commission below, the signs' window shaded.
"use strict";

for (const place of document.querySelectorAll("[data-chart]")) {
  const told = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const chart = echarts.init(place);
  const bar = (name, data, axis, colour) =>
    ({ name, type: "bar", data, xAxisIndex: axis, yAxisIndex: axis, itemStyle: { color: colour }, barMaxWidth: 14 });
  const axis = (index, top, height) => ({ gridIndex: index, top, height });
  chart.setOption({
    aria: { enabled: true },
    animation: false,
    tooltip: { trigger: "axis", renderMode: "richText" },
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    legend: { top: 0, data: told.names },
    grid: [{ left: 84, right: 16, top: 36, height: 150 }, { left: 84, right: 16, top: 220, height: 70 }],
    xAxis: [0, 1].map((index) => ({ type: "category", gridIndex: index, data: told.months, axisLabel: { show: index === 1 } })),
    yAxis: [
      { gridIndex: 0, splitNumber: 3, axisLabel: { formatter: (value) => value.toLocaleString() } },
      { gridIndex: 1, splitNumber: 2, axisLabel: { formatter: (value) => value.toLocaleString() } },
    ],
    series: [
      { name: told.names[0], type: "line", data: told.net_assets, connectNulls: false, symbolSize: 5, itemStyle: { color: "#1d4f91" },
        markArea: told.window ? { silent: true, itemStyle: { color: "rgba(179, 38, 30, .08)" },
          label: { color: "#b3261e", fontSize: 11 }, data: [[{ name: told.window.name, xAxis: told.window.from }, { xAxis: told.window.to }]] } : undefined },
      bar(told.names[1], told.net_flow, 0, "#7aa5d8"),
      bar(told.names[2], told.trades, 1, "#6b7b8c"),
      bar(told.names[3], told.commission, 1, "#c9a227"),
    ],
  });
  addEventListener("resize", () => chart.resize());
}
