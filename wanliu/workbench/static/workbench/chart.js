// The client's chart: assets as a line, net flow as bars; orders and commission below; a sign's window shaded.
"use strict";

for (const place of document.querySelectorAll("[data-chart]")) {
  const told = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const chart = echarts.init(place);
  const bar = (name, data, axis, colour) =>
    ({ name, type: "bar", data, xAxisIndex: axis, yAxisIndex: axis, itemStyle: { color: colour }, barMaxWidth: 14 });
  const grid = (top, height) => ({ left: 76, right: 16, top, height });
  const value = (index, splitNumber) =>
    ({ gridIndex: index, splitNumber, axisLabel: { formatter: (number) => number.toLocaleString() } });
  chart.setOption({
    aria: { enabled: true },
    animation: false,
    tooltip: { trigger: "axis", renderMode: "richText" },
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    legend: { top: 0, type: "scroll", data: told.names },
    grid: [grid(40, 150), grid(216, 50), grid(290, 50)],
    xAxis: [0, 1, 2].map((index) =>
      ({ type: "category", gridIndex: index, data: told.months, axisLabel: { show: index === 2 }, axisTick: { show: false } })),
    yAxis: [value(0, 3), value(1, 1), value(2, 1)],
    series: [
      { name: told.names[0], type: "line", data: told.net_assets, connectNulls: false, symbolSize: 5, itemStyle: { color: "#1d4f91" },
        markArea: told.window ? { silent: true, itemStyle: { color: "rgba(179, 38, 30, .08)" },
          label: { color: "#b3261e", fontSize: 11, position: "insideBottom" },
          data: [[{ name: told.window.name, xAxis: told.window.from }, { xAxis: told.window.to }]] } : undefined },
      bar(told.names[1], told.net_flow, 0, "#7aa5d8"),
      bar(told.names[2], told.trades, 1, "#6b7b8c"),
      bar(told.names[3], told.commission, 2, "#c9a227"),
    ],
  });
  addEventListener("resize", () => chart.resize());
}
