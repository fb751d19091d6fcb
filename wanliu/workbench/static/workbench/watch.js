// Whether predictions came true: calibration and lift by month, and the tenths of the latest one. Shape and colour
// tell series apart (colours of Okabe and Ito); intervals are whiskers; the numbers stand in the table beside.
"use strict";

(() => {
  const told = JSON.parse(document.getElementById("watched").textContent);
  const words = told.words;
  const BLUE = "#0072b2", RED = "#d55e00", GREY = "#394657";
  const grid = { left: 52, right: 40, top: 40, bottom: 48 };

  // A whisker from the lower to the upper end; an open end goes to the edge of the chart.
  const whiskers = (name, rows, colour, shift) => ({
    name, type: "custom", silent: true, itemStyle: { color: colour }, z: 1,
    data: rows.map((row, place) => [place, row[1], row[2]]).filter((row, place) => rows[place][0] !== null),
    encode: { x: 0, y: [1, 2] },
    renderItem: (params, api) => {
      const area = params.coordSys;
      const at = (value, edge) => (value === null || Number.isNaN(value) ? edge : api.coord([api.value(0), value])[1]);
      const x = api.coord([api.value(0), 0])[0] + shift;
      const low = Math.min(at(api.value(1), area.y + area.height), area.y + area.height);
      const high = Math.max(at(api.value(2), area.y), area.y);
      const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: colour, lineWidth: 1.5 } });
      return { type: "group", children: [line(x, low, x, high), line(x - 4, low, x + 4, low), line(x - 4, high, x + 4, high)] };
    },
  });
  const points = (name, rows, colour, symbol, shift, lines) => ({
    name, type: "line", data: rows.map((row) => row[0]), connectNulls: false, symbol, symbolSize: 9, symbolOffset: [shift, 0],
    itemStyle: { color: colour }, lineStyle: { width: shift === 0 ? 1.5 : 0 },
    markLine: { silent: true, symbol: "none", lineStyle: { color: GREY, type: "dashed" }, label: { formatter: "{c}", color: GREY },
      data: lines.map((yAxis) => ({ yAxis })) },
  });
  const told_of = (rows) => (place) => {
    const [value, low, high] = rows[place];
    const end = (number) => (number === null ? "…" : number.toFixed(2));
    return value === null ? "—" : `${value.toFixed(2)} (${end(low)}–${end(high)})`;
  };
  const by_month = (series, legend) => ({
    aria: { enabled: true }, animation: false, grid, legend: { top: 0, data: legend },
    tooltip: { trigger: "axis", renderMode: "richText",
      formatter: (shown) => [told.months[shown[0].dataIndex],
        ...series.map(([name, rows]) => `${name}: ${told_of(rows)(shown[0].dataIndex)}`)].join("\n") },
    xAxis: { type: "category", data: told.months, axisLabel: { rotate: 30 } },
    yAxis: { type: "value", min: 0, max: ceiling(series.flatMap(([, rows]) => rows)) },
  });
  // The highest point and interval, but no further than thrice the highest point: a wide interval hides the rest.
  const ceiling = (rows) => {
    const most = Math.max(1, ...rows.map((row) => row[0] ?? 0));
    return Math.ceil(2 * Math.min(3 * most, Math.max(most, ...rows.map((row) => row[2] ?? 0)) * 1.05)) / 2;
  };

  const drawn = {
    ratio: () => ({
      ...by_month([[words.ratio, told.ratio]], [words.ratio]),
      series: [points(words.ratio, told.ratio, BLUE, "circle", 0, [told.borders.low, 1, told.borders.high]),
        whiskers(words.interval, told.ratio, BLUE, 0)],
    }),
    lift: () => ({
      ...by_month([[words.lift, told.lift], [words.call, told.call]], [words.lift, words.call]),
      series: [points(words.lift, told.lift, BLUE, "circle", 0, [told.borders.lift]), whiskers(words.interval, told.lift, BLUE, 0),
        points(words.call, told.call, RED, "diamond", 8, [told.borders.call]), whiskers(words.interval, told.call, RED, 8)],
    }),
    tenths: () => {
      const most = Math.max(...told.tenths.flatMap((one) => [one[0], one[3] ?? one[1]]));
      return {
        aria: { enabled: true }, animation: false, grid: { ...grid, top: 60, bottom: 40 }, legend: { top: 0, data: [words.tenth, words.exact] },
        xAxis: { type: "value", name: words.expected, nameLocation: "middle", nameGap: 26, min: 0, max: Math.ceil(Math.max(...told.tenths.map((one) => one[0])) * 1.1) },
        yAxis: { type: "value", name: words.observed, min: 0, max: Math.ceil(most * 1.05) },
        series: [
          { name: words.tenth, type: "scatter", data: told.tenths.map((one) => [one[0], one[1]]), symbolSize: 9, itemStyle: { color: BLUE } },
          { ...whiskers(words.interval, told.tenths.map((one) => one.slice(1)), BLUE, 0),
            data: told.tenths.map((one) => [one[0], one[2], one[3]]) },
          { name: words.exact, type: "line", symbol: "none", data: [[0, 0], [most, most]], lineStyle: { color: GREY, type: "dashed", width: 1.5 }, itemStyle: { color: GREY } },
        ],
      };
    },
  };

  for (const place of document.querySelectorAll("[data-watch]")) {
    const chart = echarts.init(place);
    chart.setOption(drawn[place.dataset.watch]());
    addEventListener("resize", () => chart.resize());
  }
})();
