'use client';

import { useState } from 'react';
import { useUrlParams } from '@/components/frame/url-params';
import { SplitPane } from '@/components/ui/split-pane';
import type { Run } from '@/lib/contracts/runs';
import type { RunView } from '@/lib/run-state';
import { RunDetail } from '../detail/run-detail';
import { SpanDetail } from '../detail/span-detail';
import { ROOT, Waterfall } from '../waterfall/waterfall';

/** The waterfall, and beside it what is chosen in it. */
export function Timeline({ run, view }: { run: Run; view: RunView }) {
  const [params, setParams] = useUrlParams();
  const [side, setSide] = useState<'left' | 'right'>('left');
  const seq = Number(params.get('span') ?? ROOT);
  const span = view.spans.find((one) => one.seq === seq);
  return (
    <SplitPane
      labels={['Waterfall', 'Details']}
      show={side}
      onShow={setSide}
      left={
        <div data-scroller className="scroll-thin min-h-0 flex-1 overflow-y-auto">
          <Waterfall
            view={view}
            chosen={span?.seq ?? ROOT}
            onChoose={(next, how) => {
              setParams({ span: next === ROOT ? null : String(next) });
              if (how === 'click') setSide('right');
            }}
          />
        </div>
      }
      right={
        <div className="scroll-thin relative min-h-0 flex-1 overflow-y-auto px-4 py-4 sm:px-6">
          {span ? <SpanDetail key={span.seq} run={run} span={span} view={view} /> : <RunDetail run={run} view={view} />}
        </div>
      }
    />
  );
}
