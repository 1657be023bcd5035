// Rates drawn: a line in a cell, and the chart of one neighbour.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { count, exact } from "../format";

export function Spark(props: { values: number[]; label: string }) {
  const { values } = props;
  const width = 96;
  const height = 20;
  const top = Math.max(1, ...values);
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  const points = values
    .map(
      (value, at) =>
        `${(at * step).toFixed(1)},${(height - 1 - (value / top) * (height - 3)).toFixed(1)}`,
    )
    .join(" ");
  return (
    <svg
      class="spark"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={props.label}
    >
      {values.length > 1 && <polyline points={points} />}
    </svg>
  );
}

export interface Line {
  label: string;
  values: number[];
  color: string; // a custom property
}

export function Chart(props: {
  label: string;
  from: number;
  everyS: number;
  lines: Line[];
  unit: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  const { lines, from, everyS } = props;
  useEffect(() => {
    const holder = box.current;
    if (!holder) return undefined;
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--ink-2").trim();
    const rule = style.getPropertyValue("--line").trim();
    const length = Math.max(0, ...lines.map((line) => line.values.length));
    const times = Array.from({ length }, (_, at) => from - (length - 1 - at) * everyS);
    const axis = {
      stroke: ink,
      grid: { stroke: rule, width: 1 },
      ticks: { stroke: rule, width: 1 },
    };
    const plot = new uPlot(
      {
        width: Math.max(240, holder.clientWidth),
        height: 200,
        legend: { show: true, live: true },
        tzDate: (ts) => uPlot.tzDate(new Date(ts * 1e3), "Asia/Shanghai"),
        scales: { y: { range: (_plot, _low, high) => [0, Math.max(1, high * 1.1)] } },
        axes: [
          { ...axis, values: (_plot, ticks) => ticks.map((at) => clock(at)) },
          { ...axis, size: 64, values: (_plot, ticks) => ticks.map((value) => count(value)) },
        ],
        series: [
          { label: props.unit, value: (_plot, at) => (at ? clock(at) : "–") },
          ...lines.map((line, at) => ({
            label: line.label,
            stroke: style.getPropertyValue(line.color).trim(),
            width: 2,
            dash: at === 2 ? [4, 3] : at === 1 ? [8, 3] : undefined,
            value: (_plot: uPlot, value: number | null) => count(value),
          })),
        ],
      },
      [times, ...lines.map((line) => line.values)],
      holder,
    );
    const fit = () => plot.setSize({ width: Math.max(240, holder.clientWidth), height: 200 });
    addEventListener("resize", fit);
    return () => {
      removeEventListener("resize", fit);
      plot.destroy();
    };
  }, [lines, from, everyS]);
  return <div class="chart" ref={box} role="img" aria-label={props.label} />;
}

function clock(seconds: number): string {
  return exact(seconds * 1000).slice(11, 16);
}
