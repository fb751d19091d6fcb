// Shares month by month with their intervals. Shape, line and colour (of Okabe and Ito) tell the two apart; the numbers
// stand in the table below.
"use strict";

(() => {
  const told = JSON.parse(document.getElementById("boards").textContent);
  const looks = [
    { color: "#0072b2", symbol: "circle", type: "solid", shift: -4 },
    { color: "#d55e00", symbol: "diamond", type: "dashed", shift: 4 },
  ];
  const end = (number) => (number === null ? "…" : number.toFixed(1));
  const said = ([value, low, high]) => (value === null ? "—" : `${value.toFixed(1)} (${end(low)}–${end(high)})`);

  const points = (one, look) => ({
    name: one.name, type: "line", data: one.points.map((row) => row[0]), connectNulls: false,
    symbol: look.symbol, symbolSize: 9, symbolOffset: [look.shift, 0],
    itemStyle: { color: look.color }, lineStyle: { width: 1.5, type: look.type },
  });
  const whiskers = (one, look) => ({
    name: told.interval, type: "custom", silent: true, itemStyle: { color: look.color }, encode: { x: 0, y: [1, 2] },
    data: one.points.map((row, place) => [place, row[1], row[2]]).filter((row) => row[1] !== null && row[2] !== null),
    renderItem: (params, api) => {
      const x = api.coord([api.value(0), 0])[0] + look.shift;
      const [low, high] = [1, 2].map((place) => api.coord([0, api.value(place)])[1]);
      const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: look.color, lineWidth: 1.5 } });
      return { type: "group", children: [line(x, low, x, high), line(x - 4, low, x + 4, low), line(x - 4, high, x + 4, high)] };
    },
  });

  for (const place of document.querySelectorAll("[data-board]")) {
    const pair = told.charts[Number(place.dataset.board)];
    const chart = echarts.init(place);
    chart.setOption({
      aria: { enabled: true }, animation: false, grid: { left: 44, right: 16, top: 40, bottom: 32 },
      legend: { top: 0, data: pair.map((one) => one.name) },
      tooltip: { trigger: "axis", renderMode: "richText",
        formatter: (shown) => [told.months[shown[0].dataIndex],
          ...pair.map((one) => `${one.name}: ${said(one.points[shown[0].dataIndex])}`)].join("\n") },
      xAxis: { type: "category", data: told.months },
      yAxis: { type: "value", min: 0, max: 100 },
      series: pair.flatMap((one, number) => [points(one, looks[number]), whiskers(one, looks[number])]),
    });
    addEventListener("resize", () => chart.resize());
  }
})();
