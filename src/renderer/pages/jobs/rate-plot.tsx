import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import { formatSize } from '../../components/format.ts';
import { type Rate, ratesOf, type Sample } from './pace.ts';

const height = 180;

interface RatePlotProps {
  readonly samples: readonly Sample[];
}

/** The speed over time, for the eyes only: the numbers beside it say the same in words. */
export function RatePlot({ samples }: RatePlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  useEffect(() => {
    const container = place.current;
    if (container === null) return;
    const draw = () => {
      const data = plot.current?.data ?? dataOf([]);
      plot.current?.destroy();
      plot.current = new uPlot(optionsFor(container), data, container);
    };
    draw();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: container.clientWidth, height }));
    resized.observe(container);
    // Its colours are drawn, so another theme needs another drawing.
    const themed = new MutationObserver(draw);
    themed.observe(document.body, { attributeFilter: ['class'] });
    return () => {
      resized.disconnect();
      themed.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, []);
  useEffect(() => plot.current?.setData(dataOf(ratesOf(samples))), [samples]);
  return <div ref={place} className="rate-plot" aria-hidden="true" />;
}

const dataOf = (rates: readonly Rate[]): uPlot.AlignedData => [
  rates.map(({ at }) => at),
  rates.map(({ bytesRead }) => bytesRead),
  rates.map(({ bytesSent }) => bytesSent),
];

function optionsFor(container: HTMLElement): uPlot.Options {
  const style = getComputedStyle(container);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const lines = { stroke: colour('--rate-grid'), width: 1 };
  const axis = { stroke: style.color, font: `12px ${style.fontFamily}`, grid: lines, ticks: lines };
  return {
    width: container.clientWidth,
    height,
    cursor: { show: false },
    legend: { show: false },
    scales: { x: { time: false }, y: { range: (_plot, _low, high) => [0, Math.max(high * 1.1, 1)] } },
    axes: [
      { ...axis, values: (_plot, ticks) => ticks.map((seconds) => `${seconds} s`) },
      { ...axis, size: 80, values: (_plot, ticks) => ticks.map((bytes) => `${formatSize(bytes)}/s`) },
    ],
    series: [
      {},
      { label: 'Read', stroke: colour('--rate-read'), width: 2, points: { show: false } },
      { label: 'Sent', stroke: colour('--rate-sent'), width: 2, dash: [6, 4], points: { show: false } },
    ],
  };
}
