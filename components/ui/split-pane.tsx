'use client';

import { type CSSProperties, type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { cn } from './cn';

const MIN = 25;
const MAX = 75;
const clamp = (percent: number) => Math.min(MAX, Math.max(MIN, percent));

/** Two panes with a divider to drag; below 900 px one of them at a time. */
export function SplitPane({
  left,
  right,
  labels,
  initial = 52,
  show,
  onShow,
}: {
  left: ReactNode;
  right: ReactNode;
  labels: [left: string, right: string];
  /** Width of the left pane, in percent. */
  initial?: number;
  /** Which pane a narrow screen shows. */
  show: 'left' | 'right';
  onShow: (side: 'left' | 'right') => void;
}) {
  const [percent, setPercent] = useState(initial);
  const frame = useRef<HTMLDivElement>(null);

  const drag = (clientX: number) => {
    const box = frame.current?.getBoundingClientRect();
    if (box) setPercent(clamp(((clientX - box.left) / box.width) * 100));
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setPercent((now) => clamp(now + step));
  };

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex border-b min-[900px]:hidden">
        {labels.map((label, index) => {
          const side = index === 0 ? 'left' : 'right';
          return (
            <button
              key={label}
              type="button"
              aria-pressed={show === side}
              onClick={() => onShow(side)}
              className="focus-ring h-9 flex-1 border-transparent border-b-2 font-medium text-muted-foreground aria-pressed:border-primary aria-pressed:text-foreground"
            >
              {label}
            </button>
          );
        })}
      </div>
      <div ref={frame} className="flex min-h-0 flex-1" style={{ '--left': `${percent}%` } as CSSProperties}>
        <section
          aria-label={labels[0]}
          className={cn(
            'min-h-0 w-full min-w-0 shrink-0 flex-col min-[900px]:flex min-[900px]:w-(--left)',
            show === 'left' ? 'flex' : 'hidden',
          )}
        >
          {left}
        </section>
        <hr
          aria-orientation="vertical"
          aria-label="Width of the panes"
          aria-valuenow={Math.round(percent)}
          aria-valuemin={MIN}
          aria-valuemax={MAX}
          tabIndex={0}
          onKeyDown={press}
          onDoubleClick={() => setPercent(initial)}
          onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
          onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && drag(event.clientX)}
          className="relative z-10 hidden h-auto w-px shrink-0 cursor-col-resize touch-none border-0 bg-border outline-none after:absolute after:inset-y-0 after:-left-1.5 after:w-3 hover:bg-ring focus-visible:bg-ring focus-visible:ring-1 focus-visible:ring-ring min-[900px]:block"
        />
        <section
          aria-label={labels[1]}
          className={cn(
            'min-h-0 w-full min-w-0 flex-1 flex-col min-[900px]:flex',
            show === 'right' ? 'flex' : 'hidden',
          )}
        >
          {right}
        </section>
      </div>
    </div>
  );
}
